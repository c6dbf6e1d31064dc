package cards

import (
	"fmt"
	"path"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// Fill makes the card; what is empty in words and can be known is filled, and Filled says from what. A placeholder counts as empty. Figures are
// never copied into the words: they stand in the evaluation. Any of e, r and v may be nil.
func Fill(model string, w Words, e *evaluate.Evaluation, r *gates.Report, v *evidence.Version) *Card {
	c := &Card{Schema: SchemaID, Words: w, Model: model, Evaluation: e, Report: r, Version: v}
	fill := func(field, value, from string) {
		f := c.text(field)
		if value == "" || !Placeholder(*f) {
			return
		}
		*f = value
		if c.Filled == nil {
			c.Filled = map[string]string{}
		}
		c.Filled[field] = from
	}
	fill("model_details.name", model, "model: "+model)
	if v != nil && v.Number != "" {
		from := "registry: " + v.String()
		fill("model_details.version", v.Number, from)
		fill("model_details.registry_uri", "models:/"+v.String(), from)
	}
	if e != nil && e.Rows > 0 {
		from := fmt.Sprintf("evaluation: %d rows", e.Rows)
		if e.Dataset != "" {
			from += ", " + string(e.Dataset)
		}
		fill("evaluation_data.size", Rows(e), from)
	}
	c.Missing = missing(c)
	return c
}

// Rows says how many rows were evaluated, and of which files: "69,126 rows of predictions-2016-v1.parquet".
func Rows(e *evaluate.Evaluation) string {
	if e.Reported != nil {
		return "results " + reportedIn(e)
	}
	var files []string
	for _, in := range e.Inputs {
		if in.Role == "predictions" {
			files = append(files, path.Base(in.Path))
		}
	}
	rows := evaluate.Count(e.Rows) + " rows"
	if e.Rows == 1 {
		rows = "1 row"
	}
	if e.Unlabelled {
		rows += " without outcomes"
	}
	switch {
	case len(files) == 0:
		return rows
	case len(files) > 2:
		return fmt.Sprintf("%s of %d files", rows, len(files))
	}
	return rows + " of " + strings.Join(files, " and ")
}

// text is the field at a path, of those that [Fill] knows.
func (c *Card) text(field string) *string {
	switch field {
	case "model_details.name":
		return &c.ModelDetails.Name
	case "model_details.version":
		return &c.ModelDetails.Version
	case "model_details.registry_uri":
		return &c.ModelDetails.RegistryURI
	case "evaluation_data.size":
		return &c.EvaluationData.Size
	}
	panic("no field to fill: " + field)
}

// FilledFields are the keys of Filled in the order of the card.
func (c *Card) FilledFields() []string {
	var fields []string
	for _, f := range fillable {
		if _, ok := c.Filled[f]; ok {
			fields = append(fields, f)
		}
	}
	return fields
}

// fillable lists the fields of [Card.text] in the order of the card.
var fillable = []string{"model_details.name", "model_details.version", "model_details.registry_uri", "evaluation_data.size"}
