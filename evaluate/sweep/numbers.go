package sweep

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// NumbersPlan is what is counted of columns of numbers, whatever they are: latencies, errors of predictions, scores. Combinations and dimensions are
// those of a [Plan].
type NumbersPlan struct {
	Combinations int
	Dimensions   [][]uint32
	Sizes        []int
	Numbers      []Number
	Products     [][2]int // places of two columns: the sum of their products is wanted
}

// Number is one column of numbers.
type Number struct {
	Name      string    // for errors
	Quantiles []float64 // in (0, 1): none are wanted where there are none
	Above     bool      // how many of each slice's numbers lie above the median of all is wanted
}

// Summary are one column's numbers in one slice.
type Summary struct {
	N      int64
	Mean   Loss // exact sums, rounded once
	Sum    float64
	Square float64   // the sum of squares
	Ranks  []int64   // of those order statistics that the quantiles and their limits need, rising, from 1 for the smallest
	Values []float64 // of these ranks

	Above int64 // numbers above the median of all rows, of an even number of which it lies halfway between the two in the middle; 0 where the plan does not ask

	exact     spread
	quantiles []float64 // the plan's
	near      [][]int64 // the ranks that limits of each need
}

// Order is the order statistic of a rank; NaN where the plan did not ask for it.
func (s *Summary) Order(rank int64) float64 {
	i, ok := slices.BinarySearch(s.Ranks, rank)
	if !ok {
		return math.NaN()
	}
	return s.Values[i]
}

// InvertedCDF is the rank of the q-quantile of n numbers by NumPy's method "inverted_cdf": ⌈nq⌉, the smallest number that at least the share q does
// not exceed. It is one of the numbers, as order statistics are. 0 of no numbers.
func InvertedCDF(q float64, n int64) int64 {
	if n < 1 {
		return 0
	}
	return min(n, max(1, int64(math.Ceil(q*float64(n)))))
}

// Quantile is that of [InvertedCDF]; NaN without numbers.
func (s *Summary) Quantile(q float64) float64 { return s.Order(InvertedCDF(q, s.N)) }

// Median is the middle number, or the mean of the two in the middle: scikit-learn's. NaN without numbers.
func (s *Summary) Median() float64 {
	if s.N < 1 {
		return math.NaN()
	}
	a, b := s.Order((s.N+1)/2), s.Order(s.N/2+1)
	return a + (b-a)/2
}

// Percentile is the basis of the q-quantile, one of the plan's, whose value is given: that of [Summary.Quantile], or the median.
func (s *Summary) Percentile(q, value float64) stats.Basis {
	k := slices.Index(s.quantiles, q)
	if k < 0 || s.N < 1 {
		return stats.Basis{}
	}
	ranks := s.near[k]
	values := make([]float64, len(ranks))
	for i, r := range ranks {
		values[i] = s.Order(r)
	}
	return stats.Percentile(q, s.N, value, ranks, values)
}

// ranks are those that a column's summary needs of n numbers, and which of them the limits of each quantile need.
func (c Number) ranks(n int64) (all []int64, near [][]int64) {
	if n < 1 {
		return nil, nil
	}
	for _, q := range c.Quantiles {
		ranks := stats.PercentileRanks(q, n)
		near = append(near, ranks)
		if all = append(append(all, ranks...), InvertedCDF(q, n)); q == 0.5 {
			all = append(all, (n+1)/2, n/2+1)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), near
}

// Numbers counts columns of numbers in two rounds over the same rows, of which it keeps few. The first adds them up, exactly, and counts those of each
// combination into narrow cells. The second collects the numbers that lie in cells with a wanted rank, of combinations of a slice that wants it; a cell
// within which all numbers are equal needs no second look. What is kept is bounded by the cells and by the rows near the wanted ranks: a thousandth of
// a large slice's, all of a small one's. Where the cells lie is chosen by a sample of the rows, and changes no figure.
type Numbers struct {
	plan    NumbersPlan
	samples [][]float64
	cells   []*finder // of each column; nil: no quantiles
	workers []numbersWorker
	first   numbersWorker // the first round's workers together
	sums    [][]Summary   // of each dimension's slices and columns: [dimension][slice·columns + column]
	place   [][]int32     // of each column: where a combination's cell is collected; −1: it is not
	placed  []int
}

// numbersWorker is what one goroutine counted.
type numbersWorker struct {
	rows     []int64   // by combination
	spreads  []spreads // of each column
	products []total
	counts   [][]uint32 // of each column: [combination·cells + cell]
	low      [][]uint64 // of each column: the smallest key in a cell
	high     [][]uint64
	found    [][]sortedRows // of each column, in pieces: keys in cells that are collected, and their place
}

const (
	// A column has so many cells of about as many rows each, and so many more around each quantile, where slices' ranks are likely to lie. Few cells stay
	// in a processor's cache; how many rows are looked at again is of no matter as long as they are a small part.
	numberCells   = 1 << 6
	quantileCells = 1 << 5
	// maxNumberCells is how many all combinations have together: where they are many, each has fewer, but fewNumberCells.
	maxNumberCells = 1 << 22
	fewNumberCells = 1 << 5
)

// numberSplits parts a column by a sample of its keys.
func numberSplits(sample []uint64, quantiles []float64, most int) *finder {
	slices.Sort(sample)
	equal, around := numberCells, quantileCells
	for equal+around*len(quantiles) > most && around > 1 {
		equal, around = equal/2, around/2
	}
	m := float64(len(sample))
	var shares []float64
	for i := 1; i < equal; i++ {
		shares = append(shares, float64(i)/float64(equal))
	}
	for _, q := range quantiles {
		far := 4*math.Sqrt(q*(1-q)/m) + 1/m // of the sample's quantile from that of all rows, with few exceptions
		for j := -around / 2; j <= around/2; j++ {
			shares = append(shares, q+far*float64(2*j)/float64(around))
		}
	}
	slices.Sort(shares)
	var keys []uint64
	before := 0
	for _, share := range shares {
		at := int(share * m)
		if at <= before || at >= len(sample) {
			continue
		}
		k := sample[at]
		switch last := len(keys) - 1; {
		case last < 0 || k > keys[last]:
			keys = append(keys, k)
		case k == keys[last]: // a number that the sample often has is a cell of its own
			keys = append(keys, k+1)
		}
		before = at
	}
	return newFinder(keys)
}

// NewNumbers starts counting with so many goroutines. samples are some numbers of each column.
func NewNumbers(p NumbersPlan, samples [][]float64, workers int) *Numbers {
	p.Combinations = max(1, p.Combinations)
	n := &Numbers{plan: p, samples: samples, cells: make([]*finder, len(p.Numbers)), workers: make([]numbersWorker, workers)}
	for i, c := range p.Numbers {
		around := c.Quantiles
		if c.Above && !slices.Contains(around, 0.5) {
			around = append(slices.Clip(around), 0.5)
		}
		if len(around) == 0 {
			continue
		}
		keys := make([]uint64, 0, len(samples[i]))
		for _, x := range samples[i] {
			keys = append(keys, keyOf(x))
		}
		n.cells[i] = numberSplits(keys, around, max(fewNumberCells, maxNumberCells/p.Combinations))
	}
	return n
}

// start makes room for what a goroutine counts, or, without samples, for all together.
func (n *Numbers) start(w *numbersWorker, samples [][]float64) {
	p := &n.plan
	w.rows = make([]int64, p.Combinations)
	w.spreads = make([]spreads, len(p.Numbers))
	for i := range w.spreads {
		var sample []float64
		if samples != nil {
			sample = samples[i]
		}
		w.spreads[i] = newSpreads(p.Combinations, sample)
	}
	w.products = make([]total, p.Combinations*len(p.Products))
	w.counts, w.low, w.high = make([][]uint32, len(p.Numbers)), make([][]uint64, len(p.Numbers)), make([][]uint64, len(p.Numbers))
	for i, f := range n.cells {
		if f == nil {
			continue
		}
		size := len(f.keys) + 1
		w.counts[i], w.low[i], w.high[i] = make([]uint32, p.Combinations*size), make([]uint64, size), make([]uint64, size)
		for c := range w.low[i] {
			w.low[i][c] = math.MaxUint64
		}
	}
}

// Add counts rows in the first round: their cells, and a column of numbers for each of the plan's. Calls with the same worker must not overlap. A number
// that is not finite, a cell beyond the plan's and columns of another length are errors.
func (n *Numbers) Add(worker int, cell []uint32, columns [][]float64) error {
	if err := n.check(cell, columns); err != nil {
		return err
	}
	w := &n.workers[worker]
	if w.rows == nil {
		n.start(w, n.samples)
	}
	for _, c := range cell {
		w.rows[c>>1]++
	}
	for k, xs := range columns {
		w.spreads[k].add(cell, xs)
		f := n.cells[k]
		if f == nil {
			continue
		}
		counts, low, high := w.counts[k], w.low[k], w.high[k]
		size := len(low)
		high = high[:size]
		var p parted
		for from := 0; from < len(xs); from += partBatch {
			some := xs[from:min(from+partBatch, len(xs))]
			p.of(f, some)
			for i, c := range cell[from:][:len(some)] {
				key, at := p.at(i)
				counts[int(c>>1)*size+int(at)]++
				low[at], high[at] = min(low[at], key), max(high[at], key)
			}
		}
	}
	for k, pair := range n.plan.Products {
		xs, ys := columns[pair[0]], columns[pair[1]]
		for i, c := range cell {
			w.products[int(c>>1)*len(n.plan.Products)+k].addProduct(xs[i], ys[i])
		}
	}
	return nil
}

func (n *Numbers) check(cell []uint32, columns [][]float64) error {
	if len(columns) != len(n.plan.Numbers) {
		return fmt.Errorf("%d columns of numbers, and the plan has %d", len(columns), len(n.plan.Numbers))
	}
	for k, xs := range columns {
		if len(xs) != len(cell) {
			return fmt.Errorf("%d numbers of %s and %d rows", len(xs), n.plan.Numbers[k].Name, len(cell))
		}
		if err := finite(xs, 1, n.plan.Numbers[k].Name); err != nil {
			return err
		}
	}
	for _, c := range cell {
		if int(c>>1) >= n.plan.Combinations {
			return fmt.Errorf("a cell of combination %d, and there are %d", c>>1, n.plan.Combinations)
		}
	}
	return nil
}

// merge adds what another goroutine counted.
func (w *numbersWorker) merge(u *numbersWorker) {
	for i, k := range u.rows {
		w.rows[i] += k
	}
	for k := range u.spreads {
		u.spreads[k].settle()
		for i := range u.spreads[k].all {
			w.spreads[k].all[i].merge(&u.spreads[k].all[i])
		}
	}
	for i := range u.products {
		w.products[i].merge(&u.products[i])
	}
	for k := range u.counts {
		for i, c := range u.counts[k] {
			w.counts[k][i] += c
		}
		for i := range u.low[k] {
			w.low[k][i], w.high[k][i] = min(w.low[k][i], u.low[k][i]), max(w.high[k][i], u.high[k][i])
		}
	}
}

// Again ends the first round, and says whether a second one is needed: the same rows must then be given to [Numbers.Collect].
func (n *Numbers) Again() bool {
	n.start(&n.first, nil)
	for i := range n.workers {
		if w := &n.workers[i]; w.rows != nil {
			n.first.merge(w)
		}
		n.workers[i] = numbersWorker{}
	}
	dimensions, sizes := n.dimensions()
	width := len(n.plan.Numbers)
	n.sums = make([][]Summary, len(dimensions))
	n.place, n.placed = make([][]int32, width), make([]int, width)
	for d, of := range dimensions {
		n.sums[d] = make([]Summary, sizes[d]*width)
		n.addUp(of, n.sums[d])
	}
	again := false
	for k, f := range n.cells {
		if f == nil {
			continue
		}
		n.place[k] = make([]int32, n.plan.Combinations*(len(f.keys)+1))
		for i := range n.place[k] {
			n.place[k][i] = -1
		}
		for d, of := range dimensions {
			n.want(k, of, sizes[d], n.sums[d])
		}
		if n.plan.Numbers[k].Above {
			n.wantMedian(k)
		}
		again = again || n.placed[k] > 0
	}
	return again
}

func (n *Numbers) dimensions() ([][]uint32, []int) {
	return Plan{Combinations: n.plan.Combinations, Dimensions: n.plan.Dimensions, Sizes: n.plan.Sizes}.dimensions()
}

// addUp fills in a dimension's numbers and means.
func (n *Numbers) addUp(of []uint32, sums []Summary) {
	width := len(n.plan.Numbers)
	spreads := make([]spread, len(sums))
	for c, s := range of {
		for k := range width {
			at := int(s)*width + k
			sums[at].N += n.first.rows[c]
			spreads[at].merge(&n.first.spreads[k].all[c])
		}
	}
	for i := range sums {
		sums[i].exact, sums[i].Mean = spreads[i], spreads[i].loss(sums[i].N)
		sums[i].Sum, sums[i].Square = spreads[i].one.float(), spreads[i].two.float()
	}
}

// members are a dimension's combinations that rows have, by slice.
func members(of []uint32, size int, rows []int64) [][]int {
	all := make([][]int, size)
	for c, s := range of {
		if rows[c] > 0 {
			all[s] = append(all[s], c)
		}
	}
	return all
}

// eachCell calls do with every cell of a slice that holds wanted ranks: those between from and to, and how many numbers lie in the cells before.
func (n *Numbers) eachCell(k int, combinations []int, ranks []int64, do func(cell, from, to int, before int64)) {
	size := len(n.cells[k].keys) + 1
	counts := make([]int64, size)
	for _, c := range combinations {
		for i, x := range n.first.counts[k][c*size:][:size] {
			counts[i] += int64(x)
		}
	}
	before, next := int64(0), 0
	for cell, x := range counts {
		from := next
		for next < len(ranks) && ranks[next] <= before+x {
			next++
		}
		if next > from {
			do(cell, from, next, before)
		}
		before += x
	}
}

// want finds the ranks of a dimension's slices, and where they are to be collected.
func (n *Numbers) want(k int, of []uint32, size int, sums []Summary) {
	width := len(n.plan.Numbers)
	type needed struct {
		ranks []int64
		near  [][]int64
	}
	known := map[int64]needed{}
	for s, combinations := range members(of, size, n.first.rows) {
		sum := &sums[s*width+k]
		need, ok := known[sum.N]
		if !ok {
			need.ranks, need.near = n.plan.Numbers[k].ranks(sum.N)
			known[sum.N] = need
		}
		sum.Ranks, sum.Values = need.ranks, make([]float64, len(need.ranks))
		sum.quantiles, sum.near = n.plan.Numbers[k].Quantiles, need.near
		n.eachCell(k, combinations, need.ranks, func(cell, _, _ int, _ int64) {
			if n.first.low[k][cell] == n.first.high[k][cell] {
				return
			}
			for _, c := range combinations {
				n.collect(k, c, cell)
			}
		})
	}
}

// medianCell is the cell of the median of all rows, or of the lower of the two in the middle, and how many numbers lie in the cells before. Above the
// median lie those that are larger than that one: of two different ones in the middle the upper and all beyond it do.
func (n *Numbers) medianCell(k int) (cell int, before, rank int64) {
	all := int64(0)
	for _, rows := range n.first.rows {
		all += rows
	}
	rank = InvertedCDF(0.5, all)
	n.eachCell(k, members(make([]uint32, n.plan.Combinations), 1, n.first.rows)[0], []int64{rank}, func(at, _, _ int, smaller int64) { cell, before = at, smaller })
	return cell, before, rank
}

// collect says that the numbers in a combination's cell are to be collected.
func (n *Numbers) collect(k, combination, cell int) {
	at := combination*(len(n.cells[k].keys)+1) + cell
	if n.place[k][at] < 0 && n.first.counts[k][at] > 0 {
		n.place[k][at] = int32(n.placed[k])
		n.placed[k]++
	}
}

// wantMedian collects what lies in the median's cell.
func (n *Numbers) wantMedian(k int) {
	cell, _, _ := n.medianCell(k)
	if n.first.low[k][cell] != n.first.high[k][cell] {
		for c := range n.plan.Combinations {
			n.collect(k, c, cell)
		}
	}
}

// above counts each slice's numbers above the median of all.
func (n *Numbers) above(k int, dimensions [][]uint32, keys []uint64, from []int) error {
	cell, before, rank := n.medianCell(k)
	if rank < 1 {
		return nil // there are no rows
	}
	cells, width := len(n.cells[k].keys)+1, len(n.plan.Numbers)
	in := func(c int) []uint64 {
		if place := n.place[k][c*cells+cell]; place >= 0 {
			return keys[from[place]:from[place+1]]
		}
		return nil
	}
	median := n.first.low[k][cell]
	if median != n.first.high[k][cell] {
		var all []uint64
		for c := range n.plan.Combinations {
			all = append(all, in(c)...)
		}
		slices.Sort(all)
		if rank-before > int64(len(all)) {
			return errOtherRows
		}
		median = all[rank-before-1]
	}
	for c := range n.plan.Combinations {
		beyond := int64(0)
		for _, rows := range n.first.counts[k][c*cells:][cell+1 : cells] {
			beyond += int64(rows)
		}
		for _, key := range in(c) {
			if key > median {
				beyond++
			}
		}
		for d, of := range dimensions {
			n.sums[d][int(of[c])*width+k].Above += beyond
		}
	}
	return nil
}

// Collect takes the rows again, in the second round.
func (n *Numbers) Collect(worker int, cell []uint32, columns [][]float64) error {
	if err := n.check(cell, columns); err != nil {
		return err
	}
	w := &n.workers[worker]
	if w.found == nil {
		w.found = make([][]sortedRows, len(columns))
	}
	for k, xs := range columns {
		f := n.cells[k]
		if f == nil || n.placed[k] == 0 {
			continue
		}
		size := len(f.keys) + 1
		var p parted
		for from := 0; from < len(xs); from += partBatch {
			some := xs[from:min(from+partBatch, len(xs))]
			p.of(f, some)
			for i, c := range cell[from:][:len(some)] {
				key, part := p.at(i)
				if place := n.place[k][int(c>>1)*size+int(part)]; place >= 0 {
					w.keep(k, key, uint32(place))
				}
			}
		}
	}
	return nil
}

// keep keeps a number of column k that is looked at again.
func (w *numbersWorker) keep(k int, key uint64, place uint32) {
	last := len(w.found[k]) - 1
	if last < 0 || len(w.found[k][last].keys) == pieceRows {
		w.found[k] = append(w.found[k], sortedRows{make([]uint64, 0, pieceRows), make([]uint32, 0, pieceRows)})
		last++
	}
	to := &w.found[k][last]
	to.keys, to.rows = append(to.keys, key), append(to.rows, place)
}

// errOtherRows is for a second round over other rows than the first.
var errOtherRows = errors.New("the rows were others when they were read again")

// collected gives each place its keys, unsorted.
func (n *Numbers) collected(k int) (keys []uint64, from []int) {
	from = make([]int, n.placed[k]+1)
	each := func(do func(p sortedRows)) {
		for i := range n.workers {
			if n.workers[i].found != nil {
				for _, p := range n.workers[i].found[k] {
					do(p)
				}
			}
		}
	}
	each(func(p sortedRows) {
		for _, place := range p.rows {
			from[place+1]++
		}
	})
	for i := range n.placed[k] {
		from[i+1] += from[i]
	}
	keys = make([]uint64, from[n.placed[k]])
	at := slices.Clone(from)
	each(func(p sortedRows) {
		for i, place := range p.rows {
			keys[at[place]] = p.keys[i]
			at[place]++
		}
	})
	return keys, from
}

// Close ends the count: overall's columns, and those of each dimension's slices.
func (n *Numbers) Close() (overall NumbersOf, slices [][]NumbersOf, err error) {
	dimensions, sizes := n.dimensions()
	width := len(n.plan.Numbers)
	for k, f := range n.cells {
		if f == nil {
			continue
		}
		keys, from := n.collected(k)
		if n.plan.Numbers[k].Above {
			if err := n.above(k, dimensions, keys, from); err != nil {
				return NumbersOf{}, nil, err
			}
		}
		for d, of := range dimensions {
			for s, combinations := range members(of, sizes[d], n.first.rows) {
				if err := n.pick(k, combinations, &n.sums[d][s*width+k], keys, from); err != nil {
					return NumbersOf{}, nil, err
				}
			}
		}
	}
	all := make([][]NumbersOf, len(dimensions))
	for d, of := range dimensions {
		all[d] = make([]NumbersOf, sizes[d])
		products := make([]total, sizes[d]*len(n.plan.Products))
		for c, s := range of {
			for k := range n.plan.Products {
				products[int(s)*len(n.plan.Products)+k].merge(&n.first.products[c*len(n.plan.Products)+k])
			}
		}
		for s := range all[d] {
			all[d][s].Columns = n.sums[d][s*width:][:width:width]
			all[d][s].exact = products[s*len(n.plan.Products):][:len(n.plan.Products)]
			for k := range n.plan.Products {
				all[d][s].Products = append(all[d][s].Products, all[d][s].exact[k].float())
			}
		}
	}
	return all[0][0], all[1:], nil
}

// NumbersOf are a slice's columns of numbers, and the sums of products that the plan asked for, rounded once.
type NumbersOf struct {
	Columns  []Summary
	Products []float64

	exact []total
}

// Part are some of the columns and products, as if they were all.
func (n *NumbersOf) Part(column, columns, product, products int) *NumbersOf {
	return &NumbersOf{Columns: n.Columns[column:][:columns], Products: n.Products[product:][:products], exact: n.exact[product:][:products]}
}

// pick fills in a slice's order statistics.
func (n *Numbers) pick(k int, combinations []int, sum *Summary, keys []uint64, from []int) error {
	cells := len(n.cells[k].keys) + 1
	var room []uint64
	var wrong error
	n.eachCell(k, combinations, sum.Ranks, func(cell, first, last int, before int64) {
		if low := n.first.low[k][cell]; low == n.first.high[k][cell] {
			for i := first; i < last; i++ {
				sum.Values[i] = numberOf(low)
			}
			return
		}
		room = room[:0]
		for _, c := range combinations {
			if place := n.place[k][c*cells+cell]; place >= 0 {
				room = append(room, keys[from[place]:from[place+1]]...)
			}
		}
		slices.Sort(room)
		for i := first; i < last; i++ {
			at := sum.Ranks[i] - before - 1
			if at >= int64(len(room)) {
				wrong = errOtherRows
				return
			}
			sum.Values[i] = numberOf(room[at])
		}
	})
	return wrong
}

// numberOf is the number of a key.
func numberOf(key uint64) float64 {
	if key>>63 == 1 {
		return math.Float64frombits(key &^ (1 << 63))
	}
	return math.Float64frombits(^key)
}
