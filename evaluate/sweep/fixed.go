package sweep

import (
	"math"
	"math/big"
	"math/bits"
)

// sum is an exact sum of products of whole numbers below 2⁶³ in magnitude: 192 bits, two's complement, the lowest word first. Additions
// commute and are exact, so that rows, shards and merges in any order give the same bits. With factors up to 2⁶³ it holds 2⁶⁵ of them.
type sum [3]uint64

// add adds x of either sign.
func (s *sum) add(x int64) {
	sign := uint64(x >> 63)
	s.plus(sum{uint64(x), sign, sign})
}

// addSmall adds x from 0 to 2⁶⁴ − 1.
func (s *sum) addSmall(x uint64) {
	var carry uint64
	s[0], carry = bits.Add64(s[0], x, 0)
	s[1], carry = bits.Add64(s[1], 0, carry)
	s[2] += carry
}

// addTimes adds k·x for k from 0 to 2⁶³ and x of either sign.
func (s *sum) addTimes(k, x int64) {
	var part sum
	part.addProduct(uint64(k), uint64(max(x, -x)))
	if x < 0 {
		part = part.negated()
	}
	s.plus(part)
}

func (s sum) negated() sum {
	out := sum{^s[0], ^s[1], ^s[2]}
	out.addSmall(1)
	return out
}

// addProduct adds x·y for x and y from 0 to 2⁶³.
func (s *sum) addProduct(x, y uint64) {
	hi, lo := bits.Mul64(x, y)
	var carry uint64
	s[0], carry = bits.Add64(s[0], lo, 0)
	s[1], carry = bits.Add64(s[1], hi, carry)
	s[2] += carry
}

// addSquares adds k·x², which lies below 2¹⁹¹.
func (s *sum) addSquares(k, x uint64) {
	hi, lo := bits.Mul64(x, x)
	over, low := bits.Mul64(lo, k)
	top, mid := bits.Mul64(hi, k)
	mid, carry := bits.Add64(mid, over, 0)
	s.plus(sum{low, mid, top + carry})
}

// plus adds another sum.
func (s *sum) plus(u sum) {
	var carry uint64
	s[0], carry = bits.Add64(s[0], u[0], 0)
	s[1], carry = bits.Add64(s[1], u[1], carry)
	s[2], _ = bits.Add64(s[2], u[2], carry)
}

// big is the sum as a whole number.
func (s sum) big() *big.Int {
	z := new(big.Int)
	for i := len(s) - 1; i >= 0; i-- {
		z.Lsh(z, 64).Or(z, new(big.Int).SetUint64(s[i]))
	}
	if s[2]>>63 == 1 {
		z.Sub(z, new(big.Int).Lsh(big.NewInt(1), 192))
	}
	return z
}

// moments are the exact sum and sum of squares of rows' losses, each first rounded to a whole number of 2^-scale. A loss so scaled lies
// within ±2⁶², so 2⁴⁰ rows need 103 bits of the one and 164 of the other. Since the squares are those of the rounded losses, the variance
// is exactly 0 where all losses are equal, and nothing cancels.
type moments struct{ one, two sum }

// add adds a loss that was scaled to q.
func (m *moments) add(q int64) {
	m.one.add(q)
	a := uint64(max(q, -q))
	m.two.addProduct(a, a)
}

func (m *moments) merge(u *moments) {
	m.one.plus(u.one)
	m.two.plus(u.two)
}

// loss is the mean of n losses and its standard error, each rounded once: √((n·Σq² − (Σq)²) / (n²(n−1))) · 2^-scale.
func (m *moments) loss(n int64, scale int) Loss {
	l := Loss{Mean: math.NaN(), SE: math.NaN()}
	if n < 1 {
		return l
	}
	one, two, rows := m.one.big(), m.two.big(), big.NewInt(n)
	l.Mean = math.Ldexp(ratio(one, rows), -scale)
	if n < 2 {
		return l
	}
	num := new(big.Int).Mul(rows, two)
	num.Sub(num, new(big.Int).Mul(one, one))
	den := new(big.Int).Mul(rows, rows)
	den.Mul(den, big.NewInt(n-1))
	const precision = 256 // of the root's argument and the root: far beyond a float64's 53
	q := new(big.Float).SetPrec(precision).SetInt(num)
	q.Quo(q, new(big.Float).SetPrec(precision).SetInt(den))
	root, _ := q.Sqrt(q).Float64()
	l.SE = math.Ldexp(root, -scale)
	return l
}

// ratio is a/b, rounded once; NaN where b is 0.
func ratio(a, b *big.Int) float64 {
	if b.Sign() == 0 {
		return math.NaN()
	}
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return f
}
