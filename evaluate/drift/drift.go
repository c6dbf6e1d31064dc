package drift

import "github.com/gatecard/gatecard/evaluate/stats"

// Profile is the shape of a dataset's columns: what a baseline is stored as. It is small, merges, and holds no row.
type Profile map[string]Column

// Column is counts between edges, or of values. Numbers x fall into bin i where Edges[i-1] <= x < Edges[i]; there are len(Edges)+1 bins.
type Column struct {
	Edges   []float64        `json:"edges,omitempty"`
	Counts  []int64          `json:"counts,omitempty"`
	Values  map[string]int64 `json:"values,omitempty"` // of a text column
	Missing int64            `json:"missing"`
	Unseen  int64            `json:"unseen,omitempty"` // values that the baseline had not
	Rows    int64            `json:"rows"`
}

// Distance is a named distance between two columns. To add one: NAME.go and a line in Distances.
type Distance struct {
	Name, Summary string
	// Between gives the estimate, its basis and its support: the rows of the smaller column. The error says why there is none.
	Between func(from, to Column) (value float64, basis stats.Basis, support int64, err error)
}

// Numbers profiles a numeric column by ten quantiles of its own; a NaN is missing.
func Numbers(xs []float64) Column { panic("unwritten") }

// Texts profiles a text column; missing says which rows have no value (nil: none).
func Texts(xs []string, missing []bool) Column { panic("unwritten") }

// Numbers counts xs into c's own bins: the column to measure against the baseline c.
func (c Column) Numbers(xs []float64) Column { panic("unwritten") }

// Texts counts xs into c's own values; others are unseen.
func (c Column) Texts(xs []string, missing []bool) Column { panic("unwritten") }

// Distances lists them all.
func Distances() []Distance { panic("unwritten") }
