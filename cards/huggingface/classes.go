package huggingface

import (
	"slices"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
)

// classes is a table of the figures that a task of several classes has of each, a row a class.
func (b *body) classes(e *evaluate.Evaluation) {
	overall := e.Slices[0]
	var metrics, classes []string
	for _, key := range names(overall) {
		if metric, class, ok := cards.OfClass(e, key); ok {
			if !slices.Contains(metrics, metric) {
				metrics = append(metrics, metric)
			}
			if !slices.Contains(classes, class) {
				classes = append(classes, class)
			}
		}
	}
	if len(classes) == 0 {
		return
	}
	heads := []string{e.Terms.Label}
	for _, m := range metrics {
		heads = append(heads, cards.Title(m))
	}
	var rows [][]string
	for _, class := range classes {
		row := []string{class}
		for _, m := range metrics {
			row = append(row, figure(overall.Metrics[cards.ClassKey(m, class)]))
		}
		rows = append(rows, row)
	}
	b.text.WriteString("\n")
	b.table(heads, rows)
}
