package drift

import "github.com/gatecard/gatecard/evaluate/stats"

// Distance is a named distance between two columns. To add one: NAME.go and a line in Distances.
type Distance struct {
	Name, Summary string
	// Between gives the estimate, its basis and its support: the rows of the smaller column. The error says why there is none: columns that
	// contradict themselves, were counted in different bins, or have nothing to tell apart.
	Between func(from, to Column) (value float64, basis stats.Basis, support int64, err error)
}

// Distances lists them all.
func Distances() []Distance {
	return []Distance{
		psi,
	}
}
