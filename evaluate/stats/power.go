package stats

import "math"

// maxRows is the largest sample that RowsNeeded proposes: more than any evaluation has.
const maxRows = 1_000_000_000

// RowsNeeded is the smallest n for which a proportion whose truth is the given one is proven within the bound, its Clopper-Pearson limit at
// error level a on the bound or inside, with at least the given probability (0.8, say): exact binomial probabilities, by search. It is
// false where no n is enough (the truth is on the bound or beyond it), more than 1e9 would be, or an argument is outside its range:
// bound and truth in [0, 1], a in (0, 0.5], power in (0, 1). Power rises in saw teeth: a few more rows than n may have a little less.
// Above some 100,000 failures the answer may be larger than the smallest by a few rows in a thousand.
func RowsNeeded(side Bound, bound, truth, a, power float64) (int64, bool) {
	if side == Max { // the failures' rate is what must be high
		side, bound, truth = Min, 1-bound, 1-truth
	}
	if side != Min || !(bound > 0 && truth > bound && truth <= 1 && a > 0 && a <= 0.5 && power > 0 && power < 1) {
		return 0, false
	}
	// With f failures allowed, the fewest rows that prove the bound have the most power of all rows with that allowance. So the
	// answer is the first such point with enough power, over f. Their power rises with f, but for rounding to whole rows: find one by
	// halving, then look back as far as rounding can reach.
	enough := func(f, n int64) bool { return logAtMost(f, n, 1-truth) >= math.Log(power) }
	high := int64(1)
	for n := fewest(high, bound, a, high+1); !enough(high, n); n = fewest(high, bound, a, n) {
		if high *= 2; n > maxRows {
			return 0, false
		}
	}
	low := int64(-1)
	for high-low > 1 {
		if mid := (low + high) / 2; enough(mid, fewest(mid, bound, a, mid+1)) {
			high = mid
		} else {
			low = mid
		}
	}
	best := fewest(high, bound, a, high+1)
	n, back := best, int64(math.Min(2000, 20+6*math.Sqrt(float64(high))))
	for f := high - 1; f >= max(0, high-back); f-- {
		if n = fewest(f, bound, a, n); enough(f, n) {
			best = n
		}
	}
	return best, best <= maxRows
}

// fewest is the smallest n > f for which f failures or fewer have probability at most a if the success rate is the bound. The search
// starts at guess, and is quick where that is near.
func fewest(f int64, bound, a float64, guess int64) int64 {
	proves := func(n int64) bool { return n > f && logAtMost(f, n, 1-bound) <= math.Log(a) }
	low, high := guess-1, guess
	for step := int64(1); !proves(high) && high <= 4*maxRows; step *= 2 {
		low, high = high, high+step
	}
	for step := int64(1); proves(low); step *= 2 {
		low, high = low-step, low
	}
	for high-low > 1 {
		if mid := low + (high-low)/2; proves(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}

// logAtMost is the logarithm of the probability of k or fewer successes of n trials at rate p.
func logAtMost(k, n int64, p float64) float64 {
	switch {
	case k < 0:
		return math.Inf(-1)
	case k >= n || p <= 0:
		return 0
	case p >= 1:
		return math.Inf(-1)
	}
	logCDF, _ := betaLogCDF(float64(n-k), float64(k+1), -logit(p))
	return logCDF
}

// Detectable is the rate of a proportion over n rows that would have failed the bound, its Clopper-Pearson interval at error level a all
// beyond it, with exactly the given probability: any rate further from the bound is caught more often. NaN where no outcome could
// have failed (see [Basis.CanFail]) or an argument is outside its range, as in [RowsNeeded].
func Detectable(side Bound, n int64, bound, a, power float64) float64 {
	if side == Max {
		return 1 - Detectable(Min, n, 1-bound, a, power)
	}
	if side != Min || n < 1 || !(bound >= 0 && bound <= 1 && a > 0 && a <= 0.5 && power > 0 && power < 1) {
		return math.NaN()
	}
	// The most successes that still fail: k or fewer have a probability under a on the bound.
	low, high := int64(-1), n
	for high-low > 1 {
		if mid := (low + high) / 2; logAtMost(mid, n, bound) < math.Log(a) {
			low = mid
		} else {
			high = mid
		}
	}
	if low < 0 {
		return math.NaN()
	}
	return betaUpper(power, float64(low+1), float64(n-low)) // k or fewer of n have probability power at this rate
}

// Detectable is [Detectable] for any figure. It is exact for a proportion and for F1 given its denominator (rounded down to whole rows).
// For the others it is approximate: as if the distance from the value to the limit grew with the normal quantile, and were the same
// at the bound as at the value. Then the answer may lie outside the figure's range, which means that nothing would be caught. NaN
// where there is no such limit.
func (b Basis) Detectable(side Bound, bound, a, power float64) float64 {
	if !(power > 0 && power < 1) || (side != Min && side != Max) {
		return math.NaN()
	}
	if b.Method == methodClopperPearson {
		switch b.Scale {
		case scaleF1:
			bound = bound / (2 - bound) // J of F1
		case scaleOdds:
			bound = shiftOdds(bound, 1/b.Odds)
		}
		return b.fromJ(Detectable(side, int64(b.N), bound, a, power))
	}
	limit, way := b.High(a), -1.0
	if side == Max {
		limit, way = b.Low(a), 1.0
	}
	z := normalUpper(a)
	d := bound + way*math.Abs(limit-b.Value())*(z+normalUpper(1-power))/z
	if math.IsInf(d, 0) {
		return math.NaN()
	}
	return d
}
