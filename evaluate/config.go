package evaluate

import (
	"encoding/json"

	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
)

// Config is `data:` of gatecard.yaml: where the rows are and which column is what. It is no part of the policy.
type Config struct {
	Path       string            `json:"path,omitempty" jsonschema:"oneof_required=rows"`        // file of predictions, relative to the configuration
	Reported   string            `json:"reported,omitempty" jsonschema:"oneof_required=results"` // a file of results that another tool computed, instead of rows
	Variant    string            `json:"variant,omitempty"`                                      // of the reported metrics that have several, the one that counts: "strict-match"
	ID         string            `json:"id,omitempty"`                                           // joins, paired comparisons; unique
	Score      string            `json:"score,omitempty"`                                        // and/or Prediction
	Prediction string            `json:"prediction,omitempty"`                                   // a column of predicted labels
	Scores     map[string]string `json:"scores,omitempty"`                                       // of a multiclass task: each class's column of scores
	Lower      string            `json:"lower,omitempty"`                                        // ends of a regression's prediction intervals
	Upper      string            `json:"upper,omitempty"`
	Latency    string            `json:"latency,omitempty"`                                         // a column of how long each prediction took, in any unit
	Labels     string            `json:"labels,omitempty"`                                          // outcomes in a file of their own, joined by ID
	Baseline   string            `json:"baseline,omitempty"`                                        // rows that drift is measured against, or a baseline.json made of them
	Compare    map[string]string `json:"compare,omitempty"`                                         // a rival's column or file: {champion: score_v2}; default: the champion's kept predictions
	Keep       string            `json:"keep,omitempty" jsonschema:"enum=predictions,enum=nothing"` // id, label and score are kept with the version, or nothing

	Open    func(path string) ([]table.Source, error) `json:"-"` // the files that a path means
	Workers int                                       `json:"-"` // goroutines that read and count; 0: one a processor
	Memory  int64                                     `json:"-"` // bytes that kept rows may take, about; 0: 4 GiB, and less where reading again costs little. Rows with ids, or compared with others, are all kept
	Folder  string                                    `json:"-"` // of temporary files; "": the system's
	// Progress is told now and then, from any goroutine, how many rows of all were read, or counted; nil: nobody asks.
	Progress func(doing string, rows, of int64) `json:"-"`
}

// Columns tells which column is what: the evidence binds it.
func (c Config) Columns() map[string]string {
	columns := map[string]string{}
	for role, name := range map[string]string{"id": c.ID, "score": c.Score, "prediction": c.Prediction, "variant": c.Variant} {
		if name != "" {
			columns[role] = name
		}
	}
	for class, name := range c.Scores {
		columns[KeptClassScore(class)] = name
	}
	return columns
}

// Terms say what the figures mean. They are part of the policy, and stand in the Evaluation: one made on other terms is not judged.
type Terms struct {
	Task       string      `json:"task" jsonschema:"enum=binary,enum=regression,enum=multiclass,enum=scores"`
	Label      string      `json:"label,omitempty"`                                                                // the column with the outcome; a task of scores has none
	Positive   string      `json:"positive,omitempty" jsonschema_extras:"x-text=true"`                             // the label's positive value, as text; default "1"
	Threshold  *float64    `json:"threshold,omitempty"`                                                            // score >= threshold is predicted positive; default 0.5
	Sampling   string      `json:"sampling,omitempty" jsonschema:"enum=deployment,enum=stratified,enum=resampled"` // is the share of positives that of real use?
	Prevalence *float64    `json:"prevalence,omitempty" jsonschema:"exclusiveMinimum=0,exclusiveMaximum=1"`        // the share of positives in real use, where these rows were sampled by their label
	Outcomes   *Outcomes   `json:"outcomes,omitempty"`                                                             // what is allowed of outcomes that are missing, or in a file of their own; default: nothing
	LabelDelay string      `json:"label_delay,omitempty" jsonschema_extras:"x-text=true"`                          // rows younger than this ("30d"; h, d or w) are left out and counted: their labels may still change
	Time       string      `json:"time,omitempty"`                                                                 // the column with when a row was scored, for label_delay
	AsOf       string      `json:"as_of,omitempty" jsonschema_extras:"x-text=true"`                                // the moment from which ages count ("2026-01-31"); default: the newest time among the rows
	Groups     []Dimension `json:"groups,omitempty"`
}

// Outcomes say what is allowed of rows without an outcome, and how outcomes in a file of their own are matched with the rows by id. What is left out, or
// counted either way, is counted in the Evaluation.
type Outcomes struct {
	MaxUnmatched float64 `json:"max_unmatched,omitempty" jsonschema:"minimum=0,exclusiveMaximum=1"` // at most this part of the rows, and of the outcomes, may have no partner, and is left out; default 0
	MaxMissing   float64 `json:"max_missing,omitempty" jsonschema:"minimum=0,exclusiveMaximum=1"`   // at most this part of the rows may have no outcome yet, and counts either way: what is proven holds whatever it turns out to be; default 0
	KnownFor     string  `json:"known_for,omitempty" jsonschema:"enum=selected"`                    // outcomes are known for those only that were selected: rows without one are left out, and no figure that needs it is proven
	Repeated     string  `json:"repeated,omitempty" jsonschema:"enum=first,enum=last"`              // which outcome counts where an id has several; default: that is an error
}

// Deployment is the sampling of rows that have the share of positives of real use.
const Deployment = "deployment"

// Dimension is a grouping column, or a cross of several dimensions: written as an object, or as "sex * age".
type Dimension struct {
	Name   string            `json:"name"`
	Column string            `json:"column,omitempty"`
	Values map[string]string `json:"values,omitempty"` // a value as text, to a person's word
	Bins   []float64         `json:"bins,omitempty"`   // left-closed, as numpy.digitize
	Cross  []string          `json:"-"`                // dimensions by name
}

// MarshalJSON writes a cross as "sex * age", and any other dimension as an object.
func (d Dimension) MarshalJSON() ([]byte, error) {
	if len(d.Cross) > 0 {
		return json.Marshal(d.Name)
	}
	type plain Dimension
	return json.Marshal(plain(d))
}

// Needs are figures that somebody will ask for, in every slice. Without Metrics: a full set for the task.
type Needs struct {
	Metrics []string            // with their cuts: "precision@0.9"
	Drift   map[string][]string // distance to columns; "score" is the score, where the file has no column of that name
	Across  []Across            // the drift of some of these columns in the groups of a dimension, too
	Versus  []string            // rivals: "champion"
	Terms   Terms               // on which they are asked: their label tells which rows a baseline is of
}

// Across asks for a column's distance in every group of a dimension, "region" or "sex * age".
type Across struct{ Distance, Column, Dimension string }

// Also adds metrics that are wanted for show.
func (n Needs) Also(metrics ...string) Needs {
	n.Metrics = append(n.Metrics[:len(n.Metrics):len(n.Metrics)], metrics...)
	return n
}

// Against is what the rows are compared with.
type Against struct {
	Baseline *Baseline // nil: there is none, and drift that somebody needs is an error
	Rivals   []Rival
}

// Baseline is the shape of a reference dataset: what drift is measured against, stored as baseline.json.
type Baseline struct {
	Input   evidence.Input  `json:"input"`
	Dataset evidence.Digest `json:"dataset"` // of its ids and labels, as [Evaluation.Dataset]; where it has none, of the file
	Columns drift.Profile   `json:"columns"`
	Slices  []Profiled      `json:"slices,omitempty"` // the dimensions in whose groups drift is asked for
}

// Profiled are the profiles of a dimension's groups. One of fewer than 11 rows has none, nor has another that would tell of it: see docs/drift.md.
type Profiled struct {
	Dimension string          `json:"dimension"` // "sex * age"
	Of        []Dimension     `json:"of"`        // the groupings that it is made of, as the terms had them
	Columns   []string        `json:"columns"`   // that every profile has
	Groups    []ProfiledGroup `json:"groups"`    // in the order of their words
}

// ProfiledGroup is one group of a baseline.
type ProfiledGroup struct {
	Groups  Groups        `json:"groups"`
	Rows    int64         `json:"rows"`
	Columns drift.Profile `json:"columns"`
}

// Rival is another version's scores of the same rows: in a file, found by id, or in a column of the rows themselves.
type Rival struct {
	Name, Version    string // "champion", "ma-employment/2"
	Self             bool   // the rival is what is evaluated: there is no difference, and no scores are needed
	Scores           table.Source
	ID, Label, Score string            // its columns' names; with a Label, the outcomes must be the same
	Prediction       string            // of a multiclass task, instead of Score: the column of its classes,
	Classes          map[string]string // and that of its score of each class
	Column           string            // of the rows themselves, instead of a file
	// Kept are the rival's own kept predictions, with the columns that Keep writes: scores that a column or file brings must equal them.
	Kept table.Source
}
