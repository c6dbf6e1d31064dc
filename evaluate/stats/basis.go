package stats

// Limits are one-sided: the truth lies below Low(a), or above High(a), with probability at most a. NaN: unjudged.
type Limits interface {
	Low(a float64) float64
	High(a float64) float64
}

// Basis is what limits are computed from. The zero Basis gives none (NaN). Methods:
//
//	clopper-pearson  K of N; Scale "2j/(1+j)" maps the limits of J to those of F1
//	delong-logit     Estimate and SE on the logit scale, Classes; the small-sample rule of docs/statistics.md
//	delong-paired    Estimate (a difference of two AUCs) and SE, identity scale; Classes; AUCs of both in Pair for the small-sample rule
//	tango            a paired difference of proportions from Table: both, only ours, only theirs, neither
//	influence        Estimate and SE, identity scale, normal
//	t                Estimate and SE with DF degrees of freedom
//	psi              Estimate (bias-corrected) and SE, identity scale, normal
//	mover-difference, mover-ratio   Parts[0] against Parts[1], independent
type Basis struct {
	Method   string     `json:"method,omitempty"`
	K        float64    `json:"k,omitempty"` // successes and trials
	N        float64    `json:"n,omitempty"`
	Scale    string     `json:"scale,omitempty"` // on which Estimate and SE hold, or to which K/N is mapped: "logit", "2j/(1+j)"
	Estimate float64    `json:"estimate,omitempty"`
	SE       float64    `json:"se,omitempty"`
	DF       float64    `json:"df,omitempty"`
	Classes  [2]int64   `json:"classes,omitzero"` // negatives and positives: AUC's small-sample rule
	Pair     [2]float64 `json:"pair,omitzero"`    // the two AUCs of delong-paired
	Table    [4]int64   `json:"table,omitzero"`   // a paired 2×2 table
	Parts    []Basis    `json:"parts,omitempty"`  // of a figure made of others
}

// Low is the lower limit at error level a.
func (b Basis) Low(a float64) float64 { panic("unwritten") }

// High is the upper limit at error level a.
func (b Basis) High(a float64) float64 { panic("unwritten") }

// Interval is descriptive: two-sided, at Level.
type Interval struct {
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Level  float64 `json:"level"`
	Method string  `json:"method"`
}
