package sweep

import (
	"math"
	"math/bits"
	"slices"
)

// keyOf maps a finite score to an integer of the same order: the sign bit is flipped for positive scores, all bits for negative ones. −0 is 0.
func keyOf(x float64) uint64 {
	b := math.Float64bits(x + 0)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// finder finds the place of a key among sorted distinct ones: a table over the key's upper bits, then two comparisons, without a branch that depends on
// the key.
type finder struct {
	keys     []uint64
	padded   []uint64 // keys, and two more above all
	min, max uint64   // keys between which the table holds: most often all, else those of the middle, so that a few far ones do not make it coarse
	tail     int      // keys below min, and above max
	shift    uint
	table    []uint32 // [(key-min)>>shift]: the keys below the first key of this part, and crowded where it has more than two
}

// tailShare is the part of the keys at each end that the table leaves out where they lie far from the others.
const tailShare = 1024

// partsPerKey is how many entries of the table there are for a key, at least: a power of two.
const partsPerKey = 2

// crowded marks a part that has more keys than two comparisons tell apart.
const crowded = 1 << 31

// beyond is above all keys of finite scores.
const beyond = math.MaxUint64

func newFinder(keys []uint64) *finder {
	f := &finder{keys: keys, padded: append(keys[:len(keys):len(keys)], beyond, beyond), min: beyond, max: beyond}
	n := len(keys)
	if n == 0 {
		return f
	}
	f.tail = n / tailShare
	if bits.Len64(keys[n-1]-keys[0]) <= bits.Len64(keys[n-1-f.tail]-keys[f.tail])+1 {
		f.tail = 0
	}
	f.min, f.max = keys[f.tail], keys[n-1-f.tail]
	parts := bits.Len(uint(partsPerKey * n))
	f.shift = uint(max(0, bits.Len64(f.max-f.min)-parts))
	f.table = make([]uint32, (f.max-f.min)>>f.shift+1)
	at := f.tail
	for part := range f.table {
		from := at
		for at < n-f.tail && (keys[at]-f.min)>>f.shift == uint64(part) {
			at++
		}
		f.table[part] = uint32(from)
		if at-from > 2 {
			f.table[part] |= crowded
		}
	}
	return f
}

// below is the number of keys below k, which is less than beyond.
func (f *finder) below(k uint64) uint32 {
	var at [1]uint32
	f.belowAll([]uint64{k}, at[:])
	return at[0]
}

// belowAll puts the number of keys below each of ks into at.
func (f *finder) belowAll(ks []uint64, at []uint32) {
	low, span, shift, table, padded := f.min, f.max-f.min, f.shift&63, f.table, f.padded
	at = at[:len(ks)]
	for i, k := range ks {
		n := uint32(crowded)
		if d := k - low; d <= span { // within, in one comparison
			n = table[d>>shift]
		}
		if n&crowded == 0 {
			_, first := bits.Sub64(padded[n], k, 0)
			_, second := bits.Sub64(padded[n+1], k, 0)
			at[i] = n + uint32(first+second)
		} else {
			at[i] = f.search(k)
		}
	}
}

// partBatch is how many numbers' parts are found at a time.
const partBatch = 512

// parted are numbers with the parts of the line that they lie in: keys are where a part begins.
type parted struct {
	above [partBatch]uint64 // a number's key, and 1 more
	part  [partBatch]uint32
}

// of finds the parts of at most partBatch numbers.
func (p *parted) of(f *finder, xs []float64) {
	for i, x := range xs {
		p.above[i&(partBatch-1)] = keyOf(x) + 1
	}
	f.belowAll(p.above[:len(xs)], p.part[:len(xs)])
}

// at is the key of a number, and its part.
func (p *parted) at(i int) (key uint64, part uint32) {
	return p.above[i&(partBatch-1)] - 1, p.part[i&(partBatch-1)]
}

// search is below where the table does not tell.
func (f *finder) search(k uint64) uint32 {
	n := len(f.keys)
	lo, hi := 0, n
	switch {
	case n == 0 || k <= f.keys[0]:
		return 0
	case k > f.keys[n-1]:
		return uint32(n)
	case k < f.min:
		hi = f.tail
	case k > f.max:
		lo = n - f.tail
	default:
		part := (k - f.min) >> f.shift
		lo = int(f.table[part] &^ crowded)
		if part+1 < uint64(len(f.table)) {
			hi = int(f.table[part+1] &^ crowded)
		}
	}
	at, _ := slices.BinarySearch(f.keys[lo:hi], k)
	return uint32(lo + at)
}
