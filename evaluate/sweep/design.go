package sweep

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// DesignRows are all rows of a sample whose rows weigh differently, or belong together, as columns.
type DesignRows struct {
	Score   []float64   // finite
	Cell    []uint32    // as [Rows] has it
	Weight  []float64   // how many rows of the population each stands for, above 0 and finite; nil: 1
	Cluster []uint32    // what rows belong together by, from 0 without large gaps; nil: each row is independent
	Rival   []float64   // another version's scores of the same rows; nil: there is none
	Values  [][]float64 // columns of which means are wanted, finite
}

// DesignPlan is what is wanted of them. What is checked of a [Plan] is taken as checked.
type DesignPlan struct {
	Combinations int
	Dimensions   [][]uint32
	Sizes        []int
	Cuts         []float64
	Rival        float64 // the threshold for the rival's scores
	Eps          float64
	Losses       bool // log loss and Brier score, or with a rival their differences
	Ranks        bool // AUC with its variance, KS, average precision
}

// Design is what is known of one slice. Every sum is exact over clusters (or rows, where each is its own) and rounded once, and the rows of one cluster are
// added in an order of their own: neither the order of rows nor the workers change a bit.
type Design struct {
	Weighted, Clustered bool

	Clusters int64        // that have rows; without clusters, the rows
	Least    [2]float64   // the smallest weight of each label's rows, and the largest; 0: there are none
	Most     [2]float64   // (equal where rows weigh by their class)
	Weight   float64      // of all rows
	Counts   DesignCounts // at the threshold
	Cuts     []DesignCounts
	Versus   DesignVersus // with a rival

	// of all rows: k are the sums of weight times value, n those of weights
	Values         []stats.ClusterSums
	LogLoss, Brier stats.ClusterSums // of scores in [0, 1]

	AUC, KS, AveragePrecision float64 // scikit-learn's with sample_weight; NaN where a class is empty
	Area                      stats.ClusterAUCSums
	AreaSE                    float64 // of the AUC, if as many rows had been drawn one by one from the population that the weights show
}

// At is the design with the counts of another cut of the plan in place; nil is nil.
func (d *Design) At(cut int) *Design {
	if d == nil {
		return nil
	}
	at := *d
	at.Counts = d.Cuts[cut]
	return &at
}

// Kinds are the four kinds of rows in a confusion table, or coefficients for each.
type Kinds struct {
	TP float64 `json:"tp"`
	FP float64 `json:"fp"`
	TN float64 `json:"tn"`
	FN float64 `json:"fn"`
}

func (k Kinds) list() [4]float64 { return [4]float64{k.TP, k.FP, k.TN, k.FN} }

// DesignCounts are the weights of the rows of each kind, with what the variance of a ratio of their sums needs.
type DesignCounts struct {
	Weight Kinds
	quad   roundedQuad
}

// Sums are those of the share that k are of n, each a sum of the four kinds with the given coefficients. Clusters are those with rows in n.
func (c DesignCounts) Sums(k, n Kinds) stats.ClusterSums { return c.quad.sums(k.list(), n.list()) }

// DesignVersus are what differences to a rival on the same rows need, of rates with one denominator.
type DesignVersus struct{ quad roundedQuad }

// Sums are those of the rows that only we called positive less those that only the rival did, among all rows (or those of a label, the other's coefficients
// being 0): positive and negative are the coefficients of such rows of either label.
func (v DesignVersus) Sums(positive, negative float64, among [2]bool) stats.ClusterSums {
	var n [4]float64
	for label, is := range among {
		if is {
			n[2+label] = 1
		}
	}
	return v.quad.sums([4]float64{negative, positive}, n)
}

// quad are exact sums over clusters of four numbers and of their products.
type quad struct {
	sum     [4]total
	product [4][4]total // of i ≤ j
	with    [16]int64   // clusters, by which of the four they have rows of
}

func (q *quad) add(v [4]float64, has uint8) {
	q.with[has&15]++
	for i, x := range v {
		if x == 0 {
			continue
		}
		q.sum[i].add(x)
		for j := i; j < 4; j++ {
			if v[j] != 0 {
				q.product[i][j].addProduct(x, v[j])
			}
		}
	}
}

func (q *quad) round() roundedQuad {
	r := roundedQuad{with: q.with}
	for i := range q.sum {
		r.sum[i] = q.sum[i].float()
		for j := i; j < 4; j++ {
			r.product[i][j] = q.product[i][j].float()
			r.product[j][i] = r.product[i][j]
		}
	}
	return r
}

type roundedQuad struct {
	sum     [4]float64
	product [4][4]float64
	with    [16]int64
}

func (q roundedQuad) sums(k, n [4]float64) stats.ClusterSums {
	var s stats.ClusterSums
	in := 0
	for i := range q.sum {
		s.K, s.N = s.K+k[i]*q.sum[i], s.N+n[i]*q.sum[i]
		for j := range q.sum {
			p := q.product[i][j]
			s.KK, s.KN, s.NN = s.KK+k[i]*k[j]*p, s.KN+k[i]*n[j]*p, s.NN+n[i]*n[j]*p
		}
		if n[i] != 0 {
			in |= 1 << i
		}
	}
	for has, clusters := range q.with {
		if has&in != 0 {
			s.Clusters += clusters
		}
	}
	return s
}

// designed are the sums of one slice while they grow.
type designed struct {
	clusters    int64
	least, most [2]float64
	cuts        []quad
	versus      quad
	n, nn       total
	means       []struct{ x, xx, xn total }
	area        struct {
		t      [2][2]total
		alone  [2]total // Σ w·(V − A)²
		fourth total
		with   [2]int64
		rows   [2]int64
	}
	ranks ranksOf
}

// ranksOf are the figures of one slice that need the order of scores.
type ranksOf struct {
	auc, ks, average float64
	weight           [2]float64
}

// together are the sums of a cluster's rows in one slice.
type together struct {
	n      float64
	rows   [2]int64
	cuts   [][4]float64
	has    []uint8
	versus [4]float64
	means  []float64
	t      [2]float64
	open   bool
}

// design is the work on all rows.
type design struct {
	p      DesignPlan
	rows   DesignRows
	values [][]float64 // the rows' own, and their losses
	order  []uint32    // rows by cluster, and within one by score, label and weight; nil: as they are
	sorted sortedRows  // by score
}

// RunDesign counts them: overall, and for each dimension its slices in the order of their codes. shared says of each dimension that some cluster has rows in
// two of its slices. It holds some 60 bytes a row, and 8 more for each worker.
func RunDesign(ctx context.Context, p DesignPlan, rows DesignRows, workers int) (overall Design, all [][]Design, shared []bool, err error) {
	if p.Eps == 0 {
		p.Eps = float64Eps
	}
	p.Combinations = max(1, p.Combinations)
	d := design{p: p, rows: rows, values: slices.Clone(rows.Values)}
	if err := d.check(); err != nil {
		return overall, nil, nil, err
	}
	if p.Losses {
		d.values = append(d.values, d.losses()...)
	}
	if p.Ranks {
		d.sorted = ranked(rows.Score)
	}
	if rows.Cluster != nil {
		d.order = d.byCluster()
	}
	dimensions := append([][]uint32{make([]uint32, p.Combinations)}, p.Dimensions...)
	sizes := append([]int{1}, p.Sizes...)
	found, spans := make([][]Design, len(dimensions)), make([]bool, len(dimensions))
	err = Side(ctx, len(dimensions), workers, func(_, i int) (err error) {
		found[i], spans[i], err = d.along(ctx, dimensions[i], sizes[i])
		return err
	})
	if err != nil {
		return overall, nil, nil, err
	}
	return found[0][0], found[1:], spans[1:], nil
}

func (d *design) check() error {
	n := len(d.rows.Score)
	for _, of := range []struct {
		name string
		n    int
		has  bool
	}{{"cells", len(d.rows.Cell), true}, {"weights", len(d.rows.Weight), d.rows.Weight != nil}, {"clusters", len(d.rows.Cluster), d.rows.Cluster != nil},
		{"scores of the rival", len(d.rows.Rival), d.rows.Rival != nil}} {
		if of.has && of.n != n {
			return fmt.Errorf("%d %s of %d rows", of.n, of.name, n)
		}
	}
	if d.rows.Weight != nil {
		if err := bad(d.rows.Weight, func(w float64) bool { return !(w > 0) || math.IsInf(w, 0) }, 1, "weights", "not above 0 and finite"); err != nil {
			return err
		}
	}
	return finite(d.rows.Score, 1, "scores")
}

func (d *design) weight(row int) float64 {
	if d.rows.Weight == nil {
		return 1
	}
	return d.rows.Weight[row]
}

// losses are the columns of log losses and squared errors, or of their differences to the rival's. A score outside [0, 1] has 0.
func (d *design) losses() [][]float64 {
	n := len(d.rows.Score)
	logs, squares := make([]float64, n), make([]float64, n)
	both := func(p float64, label uint32) (float64, float64, bool) {
		if !(p >= 0 && p <= 1) {
			return 0, 0, false
		}
		e := p - float64(label)
		if label == 0 {
			p = 1 - p
		}
		return -math.Log(min(max(p, d.p.Eps), 1-d.p.Eps)), e * e, true
	}
	for i, p := range d.rows.Score {
		label := d.rows.Cell[i] & 1
		l, s, ok := both(p, label)
		if d.rows.Rival != nil {
			m, t, okToo := both(d.rows.Rival[i], label)
			if ok = ok && okToo; ok {
				l, s = l-m, s-t
			}
		}
		if ok {
			logs[i], squares[i] = l, s
		}
	}
	return [][]float64{logs, squares}
}

// byCluster orders the rows of each cluster by what they are, so that it does not matter in which order they came. Rows that still tie add the same.
func (d *design) byCluster() []uint32 {
	most := uint32(0)
	for _, c := range d.rows.Cluster {
		most = max(most, c)
	}
	at := make([]uint32, int(most)+2)
	for _, c := range d.rows.Cluster {
		at[c+1]++
	}
	for i := 1; i < len(at); i++ {
		at[i] += at[i-1]
	}
	order := make([]uint32, len(d.rows.Cluster))
	for i, c := range d.rows.Cluster {
		order[at[c]] = uint32(i)
		at[c]++
	}
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && d.rows.Cluster[order[to]] == d.rows.Cluster[order[from]] {
			to++
		}
		slices.SortFunc(order[from:to], d.compare)
		from = to
	}
	return order
}

// compare orders rows by score, label, weight, and what else is added of them.
func (d *design) compare(a, b uint32) int {
	less := func(x, y float64) int {
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
	if c := less(d.rows.Score[a], d.rows.Score[b]); c != 0 {
		return c
	}
	if c := int(d.rows.Cell[a]&1) - int(d.rows.Cell[b]&1); c != 0 {
		return c
	}
	if c := less(d.weight(int(a)), d.weight(int(b))); c != 0 {
		return c
	}
	if d.rows.Rival != nil {
		if c := less(d.rows.Rival[a], d.rows.Rival[b]); c != 0 {
			return c
		}
	}
	for _, xs := range d.rows.Values {
		if c := less(xs[a], xs[b]); c != 0 {
			return c
		}
	}
	return 0
}

// kind is the place of a row in a confusion table: TP, FP, TN, FN.
func kind(label uint32, called bool) int {
	switch {
	case label == 1 && called:
		return 0
	case called:
		return 1
	case label == 0:
		return 2
	}
	return 3
}

// often is after how many rows somebody who waits may stop the work.
const often = 1 << 16

// along counts the slices of one dimension.
func (d *design) along(ctx context.Context, of []uint32, size int) (all []Design, spans bool, err error) {
	sums := make([]designed, size)
	for s := range sums {
		sums[s].cuts = make([]quad, len(d.p.Cuts))
		sums[s].means = make([]struct{ x, xx, xn total }, len(d.values))
	}
	var placement []float64
	if d.p.Ranks {
		placement = d.rank(of, sums)
	}
	open := make([]together, size)
	var touched []uint32
	flush := func() {
		spans = spans || len(touched) > 1
		for _, s := range touched {
			sums[s].add(&open[s])
		}
		touched = touched[:0]
	}
	n := len(d.rows.Score)
	for i := range n {
		if i%often == 0 && ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		row := i
		if d.order != nil {
			row = int(d.order[i])
		}
		s := of[d.rows.Cell[row]>>1]
		o := &open[s]
		if !o.open {
			o.reset(len(d.p.Cuts), len(d.values))
			touched = append(touched, s)
		}
		d.row(row, o, &sums[s], placement)
		if d.order == nil || i == n-1 || d.rows.Cluster[d.order[i+1]] != d.rows.Cluster[row] {
			flush()
		}
	}
	all = make([]Design, size)
	for s := range sums {
		all[s] = sums[s].end(d)
	}
	return all, spans, nil
}

func (o *together) reset(cuts, means int) {
	*o = together{open: true, cuts: slices.Grow(o.cuts[:0], cuts)[:cuts], has: slices.Grow(o.has[:0], cuts)[:cuts], means: slices.Grow(o.means[:0], means)[:means]}
	clear(o.cuts)
	clear(o.has)
	clear(o.means)
}

// row adds a row to its cluster's sums in a slice.
func (d *design) row(row int, o *together, s *designed, placement []float64) {
	w, x, label := d.weight(row), d.rows.Score[row], d.rows.Cell[row]&1
	if s.most[label] == 0 || w < s.least[label] {
		s.least[label] = w
	}
	s.most[label] = max(s.most[label], w)
	o.n += w
	o.rows[label]++
	for c, cut := range d.p.Cuts {
		k := kind(label, x >= cut)
		o.cuts[c][k] += w
		o.has[c] |= 1 << k
	}
	if d.rows.Rival != nil {
		ours, theirs := x >= d.p.Cuts[0], d.rows.Rival[row] >= d.p.Rival
		switch {
		case ours && !theirs:
			o.versus[label] += w
		case theirs && !ours:
			o.versus[label] -= w
		}
		o.versus[2+label] += w
	}
	for k, xs := range d.values {
		o.means[k] += w * xs[row]
	}
	if placement != nil && s.ranks.weight[0] > 0 && s.ranks.weight[1] > 0 {
		t := placement[row] - s.ranks.auc
		o.t[label] += w * t
		s.area.alone[label].add(w * t * t)
	}
}

// add adds a cluster's sums.
func (s *designed) add(o *together) {
	o.open = false
	s.clusters++
	s.n.add(o.n)
	s.nn.addProduct(o.n, o.n)
	for c := range s.cuts {
		s.cuts[c].add(o.cuts[c], o.has[c])
	}
	labels := uint8(0)
	for label, rows := range o.rows {
		s.area.rows[label] += rows
		if rows > 0 {
			s.area.with[label]++
			labels |= 1 << label
		}
	}
	s.versus.add(o.versus, labels<<2)
	for k, x := range o.means {
		m := &s.means[k]
		m.x.add(x)
		m.xx.addProduct(x, x)
		m.xn.addProduct(x, o.n)
	}
	if w := s.ranks.weight; w[0] > 0 && w[1] > 0 {
		z := o.t[0]/w[0] + o.t[1]/w[1]
		s.area.fourth.addProduct(z*z, z*z)
	}
	for i := range o.t {
		for j := i; j < 2; j++ {
			s.area.t[i][j].addProduct(o.t[i], o.t[j])
		}
	}
}

// end rounds the sums of a slice.
func (s *designed) end(d *design) Design {
	out := Design{Weighted: d.rows.Weight != nil, Clustered: d.rows.Cluster != nil, Clusters: s.clusters, Least: s.least, Most: s.most,
		AUC: s.ranks.auc, KS: s.ranks.ks, AveragePrecision: s.ranks.average}
	for c := range s.cuts {
		q := s.cuts[c].round()
		out.Cuts = append(out.Cuts, DesignCounts{Kinds{q.sum[0], q.sum[1], q.sum[2], q.sum[3]}, q})
	}
	if len(out.Cuts) > 0 {
		out.Counts = out.Cuts[0]
	}
	out.Versus = DesignVersus{s.versus.round()}
	n, nn := s.n.float(), s.nn.float()
	out.Weight = n
	for k := range s.means {
		m := &s.means[k]
		sums := stats.ClusterSums{Clusters: s.clusters, K: m.x.float(), N: n, KK: m.xx.float(), KN: m.xn.float(), NN: nn}
		switch k - len(d.rows.Values) {
		case 0:
			out.LogLoss = sums
		case 1:
			out.Brier = sums
		default:
			out.Values = append(out.Values, sums)
		}
	}
	if !d.p.Ranks {
		out.AUC, out.KS, out.AveragePrecision, out.AreaSE = math.NaN(), math.NaN(), math.NaN(), math.NaN()
		return out
	}
	a := &s.area
	out.Area = stats.ClusterAUCSums{Clusters: s.clusters, WithPositives: a.with[1], WithNegatives: a.with[0], Negatives: a.rows[0], Positives: a.rows[1],
		NegativeWeight: s.ranks.weight[0], PositiveWeight: s.ranks.weight[1], T11: a.t[1][1].float(), T00: a.t[0][0].float(), T10: a.t[0][1].float(), Fourth: a.fourth.float(), NegativeMost: s.most[0], PositiveMost: s.most[1]}
	variance := 0.0
	for label := range a.alone {
		variance += a.alone[label].float() / s.ranks.weight[label] / float64(a.rows[label]-1)
	}
	out.AreaSE = math.Sqrt(variance)
	return out
}

// wide is a whole number below 2¹²⁸.
type wide struct{ hi, lo uint64 }

func (a wide) plus(b wide) wide {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	hi, _ := bits.Add64(a.hi, b.hi, carry)
	return wide{hi, lo}
}

func (a wide) minus(b wide) wide {
	lo, borrow := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, borrow)
	return wide{hi, lo}
}

// float is a·2^−scale, to within a bit or two of a float64.
func (a wide) float(scale int) float64 {
	return math.Ldexp(math.Ldexp(float64(a.hi), 64)+float64(a.lo), -scale)
}

// fixedBits are those of the largest weight of a class as a whole number: 2³² rows of it need 94.
const fixedBits = 62

// rank walks the rows of every slice in the order of their scores, and gives each row its placement: the share of the other class's weight that it lies on the
// right side of, ties ½. Weights are whole numbers of 2^(exponent − 62), the exponent that of the largest weight of their class in the slice: each errs by
// at most 2⁻⁶² of the largest, and their sums are exact.
func (d *design) rank(of []uint32, sums []designed) []float64 {
	most := make([][2]float64, len(sums))
	rows := make([]uint32, len(sums)+1)
	for i, cell := range d.rows.Cell {
		s := of[cell>>1]
		most[s][cell&1] = max(most[s][cell&1], d.weight(i))
		rows[s+1]++
	}
	for s := range sums {
		rows[s+1] += rows[s]
	}
	into := sortedRows{make([]uint64, len(d.sorted.keys)), make([]uint32, len(d.sorted.rows))}
	next := slices.Clone(rows)
	for i, row := range d.sorted.rows {
		s := of[d.rows.Cell[row]>>1]
		into.keys[next[s]], into.rows[next[s]] = d.sorted.keys[i], row
		next[s]++
	}
	placement := make([]float64, len(d.rows.Score))
	for s := range sums {
		sums[s].ranks = d.walk(into.slice(int(rows[s]), int(rows[s+1])), most[s], placement)
	}
	return placement
}

// walk ranks one slice's rows, which are sorted.
func (d *design) walk(rows sortedRows, most [2]float64, placement []float64) ranksOf {
	nan := math.NaN()
	out := ranksOf{auc: nan, ks: nan, average: nan}
	var scale [2]int
	for y := range scale {
		_, exponent := math.Frexp(most[y])
		scale[y] = fixedBits - exponent
	}
	fixed := func(row uint32) (uint32, wide) {
		y := d.rows.Cell[row] & 1
		return y, wide{0, uint64(math.RoundToEven(math.Ldexp(d.weight(int(row)), scale[y])))}
	}
	var all [2]wide
	for _, row := range rows.rows {
		y, w := fixed(row)
		all[y] = all[y].plus(w)
	}
	for y := range all {
		out.weight[y] = all[y].float(scale[y])
	}
	w := out.weight
	both := w[0] > 0 && w[1] > 0
	var below [2]wide
	var area, precision total
	furthest := 0.0
	rows.ties(func(tied []uint32) {
		var here [2]wide
		for _, row := range tied {
			y, q := fixed(row)
			here[y] = here[y].plus(q)
		}
		if own := here[1].float(scale[1]); own > 0 {
			tp, fp := all[1].minus(below[1]).float(scale[1]), all[0].minus(below[0]).float(scale[0])
			precision.addProduct(own, tp/(tp+fp))
		}
		if both {
			// twice the weight below, and that of the ties once
			twice := [2]float64{}
			for y := range twice {
				twice[y] = below[y].plus(below[y]).plus(here[y]).float(scale[y])
			}
			area.addProduct(here[1].float(scale[1]), twice[0])
			for _, row := range tied {
				if d.rows.Cell[row]&1 == 1 {
					placement[row] = twice[0] / (2 * w[0])
				} else {
					placement[row] = 1 - twice[1]/(2*w[1])
				}
			}
		}
		for y := range here {
			below[y] = below[y].plus(here[y])
		}
		if both {
			furthest = max(furthest, math.Abs(below[0].float(scale[0])/w[0]-below[1].float(scale[1])/w[1]))
		}
	})
	if w[1] > 0 {
		out.average = min(1, precision.float()/w[1])
	}
	if both {
		out.auc, out.ks = min(1, area.float()/w[0]/w[1]/2), furthest
	}
	return out
}
