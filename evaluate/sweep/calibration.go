package sweep

import (
	"math"
	"sync"

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
// [stats.Recalibrate]. Of a band's rows the exact sums of scores are known and those of their squares and cubes nearly so; two scores with the same sums stand for
// them (Gauss's rule of two points), which is exact for one or two scores and off by some (slope/200)⁴ of their spread otherwise. So intercept, slope and
// standard errors err, against statsmodels, by at most 1e-8 up to slopes of 10, 1e-7 up to 20 and 1e-4 up to 50. ok is false where no recalibration is
// found: where the classes are separated, but for one band at most, and where scores lie so close together that bands do not tell them apart (a slope above some 100).
func Recalibration(bands []Band, eps float64) (r stats.Recalibration, ok bool) {
	var all []logits
	widest := 0.0
	ends := [2][2]float64{{math.Inf(1), math.Inf(-1)}, {math.Inf(1), math.Inf(-1)}} // by label
	for _, b := range bands {
		if !b.proper() {
			return r, false
		}
		l := b.logits(eps)
		all = append(all, l)
		if l.rows[1] > 0 {
			widest = math.Max(widest, l.width)
		}
		for y, k := range b.Rows {
			if k > 0 {
				ends[y] = [2]float64{math.Min(ends[y][0], l.middle), math.Max(ends[y][1], l.middle)}
			}
		}
	}
	if ends[0][0] >= ends[1][1] || ends[1][0] >= ends[0][1] {
		return r, false
	}
	r, ok = stats.Recalibrate(func(intercept, slope float64) stats.RecalibrationSums {
		var s stats.RecalibrationSums
		for i := range all {
			all[i].add(&s, intercept, slope)
		}
		return s
	})
	return r, ok && math.Abs(r.Slope)*widest < 1
}

// fit is a recalibration that is found when it is first asked for: several figures are of it.
type fit struct {
	once  sync.Once
	found stats.Recalibration
	ok    bool
}

// Recalibration is that of the slice's bands: see [Recalibration].
func (s Stats) Recalibration() (stats.Recalibration, bool) {
	if s.fit == nil {
		return Recalibration(s.Bands, s.Eps)
	}
	s.fit.once.Do(func() { s.fit.found, s.fit.ok = Recalibration(s.Bands, s.Eps) })
	return s.fit.found, s.fit.ok
}

// logits are a band's rows as the logits of one or two scores.
type logits struct {
	at, rows       [2]float64
	positives, sum float64 // of the positives: rows, and the sum of their logits
	middle, width  float64 // of the band, in logits
}

func (b Band) logits(eps float64) logits {
	near, far, sign := b.Low, b.High, 1.0
	if b.mirrored {
		near, far, sign = 1-b.High, 1-b.Low, -1
	}
	n := float64(b.Rows[0] + b.Rows[1])
	out := logits{positives: float64(b.Rows[1])}
	logit := func(q float64) float64 { return sign * (math.Log(q) - math.Log1p(-q)) }
	if far <= eps || near == 0 {
		out.middle = logit(eps)
		out.at[0], out.rows[0], out.sum = out.middle, n, out.positives*out.middle
		return out
	}
	width := far - near
	mean, squares, cubes := (b.parts[0]+b.parts[1])/n, (b.squares[0]+b.squares[1])/n, (b.cubes[0]+b.cubes[1])/n
	out.width = math.Abs(logit(far) - logit(near))
	low, high, share := twoPoints(mean, squares-mean*mean, cubes-3*mean*squares+2*mean*mean*mean)
	out.at = [2]float64{logit(near + low*width), logit(near + high*width)}
	out.rows = [2]float64{(1 - share) * n, share * n}

	// of positives alone: a logit is x + u₁d + u₂d² + u₃d³, where x is the middle's and d the distance to it in widths
	q := near + width/2
	r := 1 - q
	out.middle = logit(q)
	u1 := sign * width * (1/q + 1/r)
	u2 := sign * width * width / 2 * (1/(r*r) - 1/(q*q))
	u3 := sign * width * width * width / 3 * (1/(q*q*q) + 1/(r*r*r))
	d1, d2 := b.parts[1]-out.positives/2, b.squares[1]-b.parts[1]+out.positives/4
	d3 := b.cubes[1] - 1.5*b.squares[1] + 0.75*b.parts[1] - out.positives/8
	out.sum = out.positives*out.middle + u1*d1 + u2*d2 + u3*d3
	return out
}

// smallVariance is what the rounding of squares may make of scores that are all the same, and more.
const smallVariance = 0x1p-26

// twoPoints gives two points of [0, 1], and the second's share, with this mean, variance and third central moment; one point, with no share of
// the second, where all but the variance's rounding lies at the mean.
func twoPoints(mean, variance, third float64) (low, high, share float64) {
	if !(variance > smallVariance) {
		return mean, mean, 0
	}
	deviation := math.Sqrt(variance)
	skew := third / (variance * deviation)
	up := deviation * (skew/2 + math.Sqrt(1+skew*skew/4))
	up = math.Min(math.Max(up, variance/mean), 1-mean) // as far as both lie in [0, 1]
	down := variance / up
	return math.Max(0, mean-down), mean + up, down / (up + down)
}

// add adds the band's part of the sums at an intercept and a slope.
func (l *logits) add(s *stats.RecalibrationSums, a, b float64) {
	s.Y += l.positives
	s.YX += l.sum
	for i, n := range l.rows {
		if n == 0 {
			continue
		}
		x := l.at[i]
		p := 1 / (1 + math.Exp(-(a + b*x)))
		v := n * p * (1 - p)
		s.Y -= n * p
		s.YX -= n * p * x
		s.Information[0] += v
		s.Information[1] += v * x
		s.Information[2] += v * x * x
	}
}
