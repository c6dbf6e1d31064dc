package sweep

import (
	"math"
	"math/bits"
)

// keyOf maps a finite score to an integer of the same order: the sign bit is flipped for positive scores, all bits for negative ones. −0 is 0.
func keyOf(x float64) uint64 {
	b := math.Float64bits(x + 0)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// finder finds the place of a key among sorted distinct ones: a table over the key's upper bits, then a few comparisons.
type finder struct {
	keys     []uint64
	min, max uint64 // keys between which the table holds: those of the middle, so that a few far ones do not make it coarse
	shift    uint
	table    []uint32 // [(key-min)>>shift]: the keys below the first key of this part
}

// tailShare is the part of the keys at each end that the table leaves out.
const tailShare = 1024

// partsPerKey is how many entries of the table there are for a key, at least: a power of two.
const partsPerKey = 4

func newFinder(keys []uint64) *finder {
	f := &finder{keys: keys}
	if len(keys) == 0 {
		return f
	}
	tail := len(keys) / tailShare
	f.min, f.max = keys[tail], keys[len(keys)-1-tail]
	parts := bits.Len(uint(partsPerKey * len(keys)))
	f.shift = uint(max(0, bits.Len64(f.max-f.min)-parts))
	f.table = make([]uint32, (f.max-f.min)>>f.shift+2)
	at := tail
	for part := range f.table {
		for at < len(keys) && (part == len(f.table)-1 || (keys[at]-f.min)>>f.shift < uint64(part)) && keys[at] <= f.max {
			at++
		}
		f.table[part] = uint32(at)
	}
	return f
}

// below is the number of keys below k.
func (f *finder) below(k uint64) int {
	var lo, hi int
	if k-f.min <= f.max-f.min { // within, in one comparison
		if len(f.table) == 0 {
			return 0
		}
		part := (k - f.min) >> f.shift
		lo, hi = int(f.table[part]), int(f.table[part+1])
	} else if k < f.min {
		lo, hi = 0, len(f.keys)/tailShare
	} else {
		lo, hi = len(f.keys)-1-len(f.keys)/tailShare, len(f.keys)
		if lo < 0 {
			lo = 0
		}
	}
	for hi-lo > 8 {
		mid := int(uint(lo+hi) >> 1)
		if f.keys[mid] < k {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for lo < hi && f.keys[lo] < k {
		lo++
	}
	return lo
}
