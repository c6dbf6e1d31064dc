package sweep

import (
	"cmp"
	"math"
	"slices"
)

// ranked is an order of rows by ascending score. Row i of it ties with the one before where same[i].
type ranked struct {
	order []uint32
	same  []bool
}

// keyed is a row with its score as an integer of the same order.
type keyed struct {
	key uint64
	row uint32
}

// keyOf maps a finite score to an integer of the same order: the sign bit is flipped for positive scores, all bits for negative ones.
func keyOf(x float64) uint64 {
	b := math.Float64bits(x)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// fewRows is where sorting by comparison is still faster than eight rounds of counting.
const fewRows = 1 << 9

// rank sorts rows by score: the one sort of a count. Scores hold no NaN and no −0.
func rank(score []float64) ranked {
	ks := make([]keyed, len(score))
	for i, x := range score {
		ks[i] = keyed{keyOf(x), uint32(i)}
	}
	if len(ks) < fewRows {
		slices.SortFunc(ks, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	} else {
		ks = radix(ks)
	}
	r := ranked{make([]uint32, len(ks)), make([]bool, len(ks))}
	for i, k := range ks {
		r.order[i] = k.row
		r.same[i] = i > 0 && k.key == ks[i-1].key
	}
	return r
}

// radix sorts by one byte of the key after the other, the lowest first; a byte that all keys share costs one look.
func radix(from []keyed) []keyed {
	to := make([]keyed, len(from))
	for shift := 0; shift < 64; shift += 8 {
		var at [257]int
		for _, k := range from {
			at[k.key>>shift&0xff+1]++
		}
		if at[from[0].key>>shift&0xff+1] == len(from) {
			continue
		}
		for i := 1; i < len(at); i++ {
			at[i] += at[i-1]
		}
		for _, k := range from {
			b := k.key >> shift & 0xff
			to[at[b]] = k
			at[b]++
		}
		from, to = to, from
	}
	return from
}

// ties calls do with the rows of each tied score, in ascending order.
func (r ranked) ties(do func(rows []uint32)) {
	for lo := 0; lo < len(r.order); {
		hi := lo + 1
		for hi < len(r.order) && r.same[hi] {
			hi++
		}
		do(r.order[lo:hi])
		lo = hi
	}
}
