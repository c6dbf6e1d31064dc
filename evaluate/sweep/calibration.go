package sweep

import (
	"math"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// Bin is a range of scores in [0, 1]: one or more bands.
type Bin struct {
	Low, High float64
	Rows      [2]int64 // by label
	Sum       float64  // of the scores
}

// EqualMass brings bands together to at most n bins of about the same number of rows: the i-th ends with the first band at which the bins so far have
// i/n of all rows, so that each end is off by at most one band's rows. Bands of scores outside [0, 1] are left out.
func EqualMass(bands []Band, n int) []Bin {
	total := int64(0)
	for _, b := range bands {
		if b.proper() {
			total += b.Rows[0] + b.Rows[1]
		}
	}
	var bins []Bin
	var open Bin
	seen, ends := int64(0), 0
	for _, b := range bands {
		if !b.proper() {
			continue
		}
		if open.Rows == [2]int64{} {
			open.Low = b.Low
		}
		open.High = b.High
		for y, k := range b.Rows {
			open.Rows[y] += k
			open.Sum += b.Sum[y]
			seen += k
		}
		if seen*int64(n) >= int64(ends+1)*total {
			ends = int(seen * int64(n) / total)
			bins = append(bins, open)
			open = Bin{}
		}
	}
	return bins
}

// proper says that the band is of scores that may be probabilities.
func (b Band) proper() bool { return b.Low >= 0 && b.High <= 1 }

// Recalibration is Cox's logistic recalibration of the scores that the bands count, clipped to [eps, 1−eps] as log loss clips them: see
// [stats.Recalibrate]. Within a band, of which the exact sums of scores are known and those of their squares and cubes nearly so, the likelihood is expanded to
// the third order about its middle: a logit so found errs by some 1e-11. ok is false where no recalibration is found, as where the classes are
// separated.
func Recalibration(bands []Band, eps float64) (r stats.Recalibration, ok bool) {
	var all []logits
	for _, b := range bands {
		if !b.proper() {
			return r, false
		}
		all = append(all, b.logits(eps))
	}
	r, ok = stats.Recalibrate(func(intercept, slope float64) stats.RecalibrationSums {
		var s stats.RecalibrationSums
		for i := range all {
			all[i].add(&s, intercept, slope)
		}
		return s
	})
	// where the classes are separated the likelihood rises for ever, ever less: what is found then has an error that says so
	return r, ok && r.SlopeSE < separated*(1+math.Abs(r.Slope))
}

// separated is how many times larger than a slope its standard error is only where the classes are separated.
const separated = 1000

// logits are a band's rows by their scores' logits: about the middle x, sums over all rows of the powers of the distances to it.
type logits struct {
	n, x, one, two, three float64
	positives, sum        float64 // of the positives: rows, and the sum of their logits
}

func (b Band) logits(eps float64) logits {
	near, far := b.Low, b.High
	if b.mirrored {
		near, far = 1-b.High, 1-b.Low
	}
	sign := 1.0
	if b.mirrored {
		sign = -1
	}
	out := logits{n: float64(b.Rows[0] + b.Rows[1]), positives: float64(b.Rows[1])}
	q, width := near+(far-near)/2, far-near
	if far <= eps || near == 0 {
		out.x = sign * math.Log(eps/(1-eps))
		out.sum = out.positives * out.x
		return out
	}
	out.x = sign * (math.Log(q) - math.Log1p(-q))
	// a logit is x + u₁d + u₂d² + u₃d³, where d is the distance to the middle in widths
	r := 1 - q
	u1 := sign * width * (1/q + 1/r)
	u2 := sign * width * width / 2 * (1/(r*r) - 1/(q*q))
	u3 := sign * width * width * width / 3 * (1/(q*q*q) + 1/(r*r*r))
	moments := func(n, parts, squares, cubes float64) (d1, d2, d3 float64) {
		return parts - n/2, squares - parts + n/4, cubes - 1.5*squares + 0.75*parts - n/8
	}
	parts, squares := b.parts[0]+b.parts[1], b.squares[0]+b.squares[1]
	d1, d2, d3 := moments(out.n, parts, squares, b.cubes)
	out.one = u1*d1 + u2*d2 + u3*d3
	out.two = u1*u1*d2 + 2*u1*u2*d3
	out.three = u1 * u1 * u1 * d3
	p1, p2, _ := moments(out.positives, b.parts[1], b.squares[1], 0)
	out.sum = out.positives*out.x + u1*p1 + u2*p2 + u3*d3*out.positives/out.n
	return out
}

// add adds the band's part of the sums at an intercept and a slope.
func (l *logits) add(s *stats.RecalibrationSums, a, b float64) {
	x := l.x
	p := 1 / (1 + math.Exp(-(a + b*x)))
	v := p * (1 - p)
	v1, v2 := b*v*(1-2*p), b*b*v*(1-6*v)
	// Σf(x) by f's value and its derivatives in x
	sum := func(f, f1, f2, f3 float64) float64 { return l.n*f + l.one*f1 + l.two/2*f2 + l.three/6*f3 }
	s.Y += l.positives - sum(p, b*v, b*v1, b*v2)
	s.YX += l.sum - sum(p*x, p+x*b*v, 2*b*v+x*b*v1, 3*b*v1+x*b*v2)
	s.Information[0] += sum(v, v1, v2, 0)
	s.Information[1] += sum(v*x, v+x*v1, 2*v1+x*v2, 0)
	s.Information[2] += sum(v*x*x, 2*x*v+x*x*v1, 2*v+4*x*v1+x*x*v2, 0)
}
