package gates

import (
	"math"
	"math/big"
	"strconv"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// exactly compares a claim's estimate with a bound as fractions, the bound as the decimal that a person typed: −1, 0 or 1. ok is false where
// the figure is not made of counts.
func exactly(c claim, at float64) (order int, ok bool) {
	value, ok := fraction(c.basis)
	typed, typedOK := new(big.Rat).SetString(strconv.FormatFloat(at, 'f', -1, 64))
	if !ok || !typedOK {
		return 0, false
	}
	if c.flip {
		value.Neg(value)
	}
	return value.Cmp(typed), true
}

// fraction is the figure of a basis of counts.
func fraction(b stats.Basis) (*big.Rat, bool) {
	whole := func(x float64) bool { return x == math.Trunc(x) && math.Abs(x) < 1<<53 }
	switch b.Method {
	case "clopper-pearson":
		if !whole(b.K) || !whole(b.N) || b.N <= 0 {
			return nil, false
		}
		switch b.Scale {
		case "":
			return big.NewRat(int64(b.K), int64(b.N)), true
		case "2j/(1+j)": // F1, of J = K/N
			return big.NewRat(2*int64(b.K), int64(b.N)+int64(b.K)), true
		}
		return nil, false
	case "either": // the labels that are known
		if len(b.Parts) == 0 {
			return nil, false
		}
		return fraction(b.Parts[0])
	case "tango":
		n := b.Table[0] + b.Table[1] + b.Table[2] + b.Table[3]
		if n <= 0 {
			return nil, false
		}
		return big.NewRat(b.Table[1]-b.Table[2], n), true
	case "mover-difference", "mover-ratio":
		if len(b.Parts) != 2 {
			return nil, false
		}
		x, okX := fraction(b.Parts[0])
		y, okY := fraction(b.Parts[1])
		if !okX || !okY {
			return nil, false
		}
		if b.Method == "mover-difference" {
			return x.Sub(x, y), true
		}
		if y.Sign() == 0 {
			return nil, false
		}
		return x.Quo(x, y), true
	}
	return nil, false
}
