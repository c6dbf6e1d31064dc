package huggingface

import (
	"bytes"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
)

// Form is README.md. It has no reader.
var Form = cards.Form{Name: "huggingface", File: "README.md", Write: write}

func write(c *cards.Card) ([]byte, []string, error) {
	front, lost, err := FrontMatter(c)
	if err != nil {
		return nil, nil, err
	}
	return append(front, Body(c)...), lost, nil
}

// FrontMatter is the YAML block with its fences. Lost is what model-index has no place for: it stands in the text, or in evaluation.json.
func FrontMatter(c *cards.Card) (b []byte, lost []string, err error) {
	m := metadata{Tags: []string{"gatecard"}, Library: library(c.ModelDetails.Framework), Datasets: datasets(c)}
	if l := cards.Line(c.ModelDetails.License); !cards.Placeholder(l) {
		if m.License = licenseID(l); m.License == "" {
			m.License, m.LicenseName = "other", slug(l)
			lost = append(lost, fmt.Sprintf("license %q is none of the Hub's: it is written as other, %s", l, m.LicenseName))
		}
	}
	if e := c.Evaluation; e != nil && len(e.Slices) > 0 {
		m.Pipeline = taskOf(e).Type
		var results []result
		results, lost = index(e, lost)
		if len(results) > 0 {
			m.Index = []model{{Name: or(cards.Line(c.Model), "model"), Results: results}}
			for _, metric := range results[0].Metrics {
				if !slices.Contains(m.Metrics, metric.Type) {
					m.Metrics = append(m.Metrics, metric.Type)
				}
			}
		}
		lost = append(lost, alsoLost(c, e)...)
	}
	if n := len(c.TypedFigures()); n > 0 {
		lost = append(lost, fmt.Sprintf("%d figures as typed: model-index would show them as measured", n))
	}
	var buffer bytes.Buffer
	buffer.WriteString("---\n")
	encoder := yaml.NewEncoder(&buffer)
	encoder.SetIndent(2)
	if err := encoder.Encode(m); err != nil {
		return nil, nil, fmt.Errorf("encode front matter: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, nil, fmt.Errorf("encode front matter: %w", err)
	}
	buffer.WriteString("---\n\n")
	return buffer.Bytes(), lost, nil
}

// metadata is the front matter, in the order in which the Hub's own cards have it.
type metadata struct {
	License     string   `yaml:"license,omitempty"`
	LicenseName string   `yaml:"license_name,omitempty"`
	Library     string   `yaml:"library_name,omitempty"`
	Pipeline    string   `yaml:"pipeline_tag,omitempty"`
	Tags        []string `yaml:"tags,omitempty"`
	Datasets    []string `yaml:"datasets,omitempty"`
	Metrics     []string `yaml:"metrics,omitempty"`
	Index       []model  `yaml:"model-index,omitempty"`
}

type model struct {
	Name    string   `yaml:"name"`
	Results []result `yaml:"results"`
}

type result struct {
	Task    task     `yaml:"task"`
	Dataset dataset  `yaml:"dataset"`
	Metrics []metric `yaml:"metrics"`
}

type task struct {
	Type string `yaml:"type"`
	Name string `yaml:"name"`
}

type dataset struct {
	Type     string            `yaml:"type"`
	Name     string            `yaml:"name"`
	Config   string            `yaml:"config"`
	Revision string            `yaml:"revision,omitempty"`
	Args     map[string]string `yaml:"args,omitempty"`
}

type metric struct {
	Type  string         `yaml:"type"`
	Value float64        `yaml:"value"`
	Name  string         `yaml:"name"`
	Args  map[string]any `yaml:"args,omitempty"`
}

// taskOf is the Hub's name of a task.
func taskOf(e *evaluate.Evaluation) task {
	if e.Terms.Kind() == evaluate.Regression {
		return task{"tabular-regression", "Tabular regression"}
	}
	return task{"tabular-classification", "Tabular classification"}
}

// index makes a result a slice.
func index(e *evaluate.Evaluation, lost []string) ([]result, []string) {
	name := "evaluation dataset"
	for _, in := range e.Inputs {
		if in.Role == "predictions" {
			name = cards.Line(path.Base(in.Path))
			break
		}
	}
	var results []result
	undefined, figures := map[string]int{}, 0
	for _, s := range e.Slices {
		groups := evaluate.Groups{}
		for k, v := range s.Groups {
			groups[cards.Line(k)] = cards.Line(v)
		}
		r := result{Task: taskOf(e), Dataset: dataset{Type: or(slug(strings.TrimSuffix(name, path.Ext(name))), "evaluation"), Name: name,
			Config: groups.String(), Revision: cards.Line(string(e.Dataset)), Args: groups}}
		of := cards.Line(e.Terms.Name(s.Groups))
		for _, key := range names(s) {
			f := s.Metrics[key]
			if f.Value == nil || math.IsNaN(*f.Value) || math.IsInf(*f.Value, 0) {
				undefined[key]++
				continue
			}
			figures++
			base, cut, _ := strings.Cut(key, "@")
			m := metric{Type: base, Value: *f.Value, Name: cards.Upper(cards.Line(cards.Title(key)))}
			if len(s.Groups) > 0 {
				m.Name += " (" + of + ")"
			}
			if by := cards.ReportedBy(f); by != "" {
				m.Name += ", " + cards.Line(by)
			}
			for k, v := range r.Dataset.Args {
				m.arg(k, v)
			}
			if _, class, ok := cards.OfClass(e, key); ok {
				m.arg("class", cards.Line(class))
			} else if cut != "" {
				m.arg("threshold", cut)
			}
			r.Metrics = append(r.Metrics, m)
		}
		if len(r.Metrics) > 0 {
			results = append(results, r)
		}
	}
	if figures > 0 {
		lost = append(lost, fmt.Sprintf("the intervals, and the numbers that they rest on, of %d figures", figures))
	}
	for _, key := range names(e.Slices[0]) {
		if n := undefined[key]; n > 0 {
			lost = append(lost, fmt.Sprintf("why %s is undefined in %d groups", key, n))
		}
	}
	return results, lost
}

func (m *metric) arg(k string, v any) {
	if m.Args == nil {
		m.Args = map[string]any{}
	}
	m.Args[k] = v
}

func alsoLost(c *cards.Card, e *evaluate.Evaluation) []string {
	var lost []string
	for _, x := range e.Comparisons {
		lost = append(lost, "the comparison with "+cards.Line(or(x.Version, x.With)))
	}
	columns := map[string]bool{}
	for _, s := range e.Drift {
		columns[s.Column] = true
	}
	if n := len(columns); n > 0 {
		lost = append(lost, "the drift of "+plural(n, "column"))
	}
	if c.Report != nil {
		lost = append(lost, "the verdicts of "+plural(len(c.Report.Gates), "gate"))
	}
	return lost
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// names are a slice's metrics in the order of the list of metrics.
func names(s evaluate.Slice) []string {
	var keys []string
	for key := range s.Metrics {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	all := evaluate.Metrics()
	place := func(key string) int {
		base, _, _ := strings.Cut(key, "@")
		if i := slices.IndexFunc(all, func(m evaluate.Metric) bool { return m.Name == base }); i >= 0 {
			return i
		}
		return len(all)
	}
	slices.SortStableFunc(keys, func(a, b string) int { return place(a) - place(b) })
	return keys
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

var notSlug = regexp.MustCompile(`[^a-z0-9.]+`)

// slug is a name as the Hub takes it: small letters, digits, dots and hyphens.
func slug(s string) string {
	s = strings.Trim(notSlug.ReplaceAllString(strings.ToLower(s), "-"), "-.")
	if len(s) > 64 {
		s = strings.Trim(s[:64], "-.")
	}
	return s
}

// library is the Hub's name of the first framework that is named.
func library(framework string) string {
	text := strings.ToLower(framework)
	best, at := "", len(text)
	for _, l := range []struct{ word, id string }{
		{"scikit-learn", "sklearn"}, {"sklearn", "sklearn"}, {"xgboost", "xgboost"}, {"lightgbm", "lightgbm"}, {"catboost", "catboost"}, {"keras", "keras"},
		{"pytorch", "pytorch"}, {"transformers", "transformers"}, {"onnx", "onnx"}, {"fastai", "fastai"}, {"spacy", "spacy"}, {"tensorflow", "tf-keras"},
	} {
		if i := strings.Index(text, l.word); i >= 0 && i < at {
			best, at = l.id, i
		}
	}
	return best
}

var hubDataset = regexp.MustCompile(`(?:https://huggingface\.co/datasets/|hf://datasets/)([A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?)`)

// datasets are those of the Hub that the card's author links to. Any other name would be refused there, or lead to somebody else's data.
func datasets(c *cards.Card) []string {
	var ids []string
	for _, s := range []string{c.TrainingData.Description, c.TrainingData.Note, c.EvaluationData.Description, c.EvaluationData.Note} {
		for _, m := range hubDataset.FindAllStringSubmatch(s, -1) {
			id := strings.TrimRight(m[1], ".-")
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
