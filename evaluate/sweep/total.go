package sweep

import (
	"math"
	"math/big"
	"math/bits"
)

// total is an exact sum of finite float64s and of products of two: a whole number of 2^(32·first), in digits of 32 bits that are held in 64, so that
// a carry waits until many numbers are added. Numbers of any size are summed (latencies, errors, money: nothing says beforehand within which bounds they
// lie, as it does for a probability's loss, which [sum] holds in fixed point), and a total has only the digits that its numbers reach: four or five for a
// column of times, some 130 for one that runs from the smallest float64 to the largest. Additions are exact, so they commute. Neal 2015, arXiv:1505.05571,
// has such a superaccumulator with all digits.
type total struct {
	first  int
	digits []int64
	adds   int64 // since the digits were carried, each of at most 2³² a digit
}

// mostAdds is how many additions a digit holds before it must be carried.
const mostAdds = 1 << 30

// parts takes x apart: ±m·2^e with whole m below 2⁵³.
func parts(x float64) (m uint64, e int, negative bool) {
	b := math.Float64bits(x)
	m, e = b&(1<<52-1), int(b>>52)&0x7ff
	if e == 0 {
		e = 1
	} else {
		m |= 1 << 52
	}
	return m, e - 1075, b>>63 == 1
}

// at gives n digits from a place on.
func (t *total) at(place, n int) []int64 {
	if i := place - t.first; i >= 0 && i+n <= len(t.digits) {
		return t.digits[i : i+n]
	}
	if len(t.digits) == 0 {
		t.first = place
	}
	if more := t.first - place; more > 0 {
		t.digits = append(make([]int64, more, more+len(t.digits)+1), t.digits...)
		t.first = place
	}
	for place-t.first+n > len(t.digits) {
		t.digits = append(t.digits, 0)
	}
	return t.digits[place-t.first:][:n]
}

// add adds x.
func (t *total) add(x float64) {
	m, e, negative := parts(x)
	if m == 0 {
		return
	}
	s := uint(e) & 31
	t.plus(e>>5, m<<s, m>>(64-s), 0, negative)
}

// addProduct adds x·y, exactly.
func (t *total) addProduct(x, y float64) {
	m, e, less := parts(x)
	n, f, lessToo := parts(y)
	if m == 0 || n == 0 {
		return
	}
	hi, lo := bits.Mul64(m, n)
	s := uint(e+f) & 31
	t.plus((e+f)>>5, lo<<s, hi<<s|lo>>(64-s), hi>>(64-s), less != lessToo)
}

// plus adds a number of up to 160 bits at a place.
func (t *total) plus(place int, low, mid, high uint64, negative bool) {
	if t.adds == mostAdds {
		t.carry()
	}
	t.adds++
	n := 5
	if high == 0 && mid>>32 == 0 {
		n = 3
	}
	d := t.at(place, n)
	sign := int64(1)
	if negative {
		sign = -1
	}
	d[0] += sign * int64(low&math.MaxUint32)
	d[1] += sign * int64(low>>32)
	d[2] += sign * int64(mid&math.MaxUint32)
	if n > 3 {
		d[3] += sign * int64(mid>>32)
		d[4] += sign * int64(high)
	}
}

// carry brings every digit but the last within [0, 2³²), and the last within ±2³².
func (t *total) carry() {
	over := int64(0)
	for i := 0; i < len(t.digits) || over != 0; i++ {
		if i == len(t.digits) {
			t.digits = append(t.digits, 0)
		}
		d := t.digits[i] + over
		if i == len(t.digits)-1 && d >= math.MinInt32 && d <= math.MaxInt32 {
			t.digits[i] = d
			break
		}
		t.digits[i], over = d&math.MaxUint32, d>>32
	}
	t.adds = 1
}

// merge adds what u summed.
func (t *total) merge(u *total) {
	if len(u.digits) == 0 {
		return
	}
	if t.adds+u.adds > mostAdds {
		t.carry()
		u.carry()
	}
	t.adds += u.adds
	d := t.at(u.first, len(u.digits))
	for i, more := range u.digits {
		d[i] += more
	}
}

// big is the total as a whole number of 2^-exponent.
func (t *total) big(exponent int) *big.Int {
	z := new(big.Int)
	for i := len(t.digits) - 1; i >= 0; i-- {
		z.Lsh(z, 32).Add(z, big.NewInt(t.digits[i]))
	}
	if shift := 32*t.first + exponent; shift >= 0 {
		z.Lsh(z, uint(shift))
	} else {
		z.Rsh(z, uint(-shift)) // exact: exponent is no less than scale says
	}
	return z
}

// scale is an exponent of which the total is a whole number.
func (t *total) scale() int { return max(0, -32*t.first) }

// float is the total, rounded once.
func (t *total) float() float64 {
	k := t.scale()
	return quotient(t.big(k), big.NewInt(1), k)
}

// quotient is a/b·2^-k for k >= 0, rounded once; NaN where b is 0.
func quotient(a, b *big.Int, k int) float64 { return ratio(a, new(big.Int).Lsh(b, uint(k))) }

// spread is an exact sum of numbers and of their squares.
type spread struct{ one, two total }

func (s *spread) add(x float64) {
	s.one.add(x)
	s.two.addProduct(x, x)
}

func (s *spread) merge(u *spread) {
	s.one.merge(&u.one)
	s.two.merge(&u.two)
}

// loss is the mean of n numbers and its standard error, √((n·Σx² − (Σx)²) / (n²(n−1))): NaN without numbers, the error under two. Nothing cancels.
func (s *spread) loss(n int64) Loss {
	if n < 1 {
		return noLoss
	}
	k := max(s.one.scale(), (s.two.scale()+1)/2)
	one, rows := s.one.big(k), big.NewInt(n)
	l := Loss{Mean: quotient(one, rows, k), SE: math.NaN()}
	if n < 2 {
		return l
	}
	num := new(big.Int).Mul(rows, s.two.big(2*k))
	num.Sub(num, one.Mul(one, one))
	den := new(big.Int).Mul(rows, rows)
	l.SE = root(num, den.Mul(den, big.NewInt(n-1)), k)
	return l
}

// root is √(a/b)·2^-k, by way of far more bits than a float64's 53.
func root(a, b *big.Int, k int) float64 {
	const precision = 256
	q := new(big.Float).SetPrec(precision).SetInt(a)
	q.Quo(q, new(big.Float).SetPrec(precision).SetInt(b))
	f, _ := q.SetMantExp(q.Sqrt(q), -k).Float64()
	return f
}

// rat is the total as a fraction.
func (t *total) rat() *big.Rat {
	k := t.scale()
	return new(big.Rat).SetFrac(t.big(k), new(big.Int).Lsh(big.NewInt(1), uint(k)))
}
