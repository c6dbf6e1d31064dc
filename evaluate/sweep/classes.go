package sweep

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"sync"

	"github.com/gatecard/gatecard/evaluate/stats"
)

// Classes are what a slice has of a task with more than two classes. Classes are numbered in an order that the caller has; of equal scores the lowest
// class counts as the higher one.
type Classes struct {
	Names     []string
	Confusion stats.Confusion // rows by true class and predicted class
	LogLoss   Loss            // −ln of the true class's score, clipped by the plan's Eps; NaN where Improper > 0
	Brier     Loss            // Σ over classes of (score − whether it is the true one)², of two classes half of that; NaN likewise
	Improper  int64           // rows whose scores are no probabilities: one lies outside [0, 1], or they do not add up to 1
	Scored    bool            // each class has a score
	Tops      []int           // k of top-k accuracy
	Hits      []int64         // rows whose true class is among the k of highest score

	Areas    []ClassArea // of each class against the rest, by its own score; nil: not wanted
	OVR, OVO MeanArea    // their mean; and Hand and Till's, the mean over ordered pairs of classes. NaN where a class is empty

	Pair *ClassPair // what is shared with a rival; nil: there is none

	rows int64
}

// ClassPair is what two models share on the same rows of several classes.
type ClassPair struct {
	Cells    stats.PairedConfusion
	Scored   bool // both have a score of each class
	LogLoss  Loss // of ours minus theirs, row by row; NaN where Improper > 0
	Brier    Loss
	Improper int64 // rows of which either's scores are no probabilities

	Areas map[int]PairedArea // of some classes against the rest
}

// PairedArea are two models' areas under the ROC curve of one class against the rest.
type PairedArea struct {
	AUC, Var float64 // ours
	Pair
}

// ClassArea is the area under the ROC curve of one class against the rest.
type ClassArea struct{ AUC, Var float64 }

// MeanArea is a mean of areas under ROC curves that share rows, with the standard error by its influence function.
type MeanArea struct{ Mean, Weighted, SE float64 }

// ClassesPlan is what is counted of classes. Combinations and dimensions are those of a [Plan].
type ClassesPlan struct {
	Combinations int
	Dimensions   [][]uint32
	Sizes        []int
	Names        []string
	Scores       bool // each class has a score
	Tops         []int
	Eps          float64 // as a [Plan]'s
	Areas        bool
	Rival        bool // rows have a rival's calls, and its scores where RivalScores says so
	RivalScores  bool
	RivalEps     float64
}

func (p ClassesPlan) dimensions() ([][]uint32, []int) {
	return Plan{Combinations: max(1, p.Combinations), Dimensions: p.Dimensions, Sizes: p.Sizes}.dimensions()
}

// ClassRows are rows as columns: which class they are of, and which is predicted.
type ClassRows struct {
	Cell        []uint32
	Truth, Call []uint16
	Scores      [][]float64 // by class

	Theirs      []uint16 // a rival's calls
	TheirScores [][]float64
}

// ClassTally counts rows of several classes. Those of several goroutines merge exactly.
type ClassTally struct {
	plan   ClassesPlan
	losses losses
	rival  losses
	dense  []int64          // rows by combination, true and predicted class; nil: they are in the table
	table  map[uint64]int64 // where there are too many cells
	pairs  map[uint64]int64 // rows by combination, true class, our call and theirs
	sums   []classSums      // by combination
}

type classSums struct {
	improper int64
	logLoss  moments
	brier    moments
	hits     []int64

	apart        [2]moments // of log loss and Brier score: ours minus theirs
	improperPair int64
}

// mostDense is how many cells are counted in an array.
const mostDense = 1 << 20

// classBrierScale is that of squared errors summed over classes, which are at most 2.
const classBrierScale = 61

// NewClassTally starts an empty one.
func NewClassTally(p ClassesPlan) *ClassTally {
	p.Combinations = max(1, p.Combinations)
	t := &ClassTally{plan: p, losses: newLosses(p.Eps), table: map[uint64]int64{}, pairs: map[uint64]int64{}, sums: make([]classSums, p.Combinations)}
	if p.RivalScores {
		t.rival = newLosses(p.RivalEps)
		if p.Scores && t.rival.scale > t.losses.scale { // one scale for both, so that they may be subtracted
			t.rival.scale, t.rival.unit = t.losses.scale, t.losses.unit
		} else if p.Scores {
			t.losses.scale, t.losses.unit = t.rival.scale, t.rival.unit
		}
	}
	if cells := p.Combinations * len(p.Names) * len(p.Names); cells <= mostDense {
		t.dense = make([]int64, cells)
	}
	for i := range t.sums {
		t.sums[i].hits = make([]int64, len(p.Tops))
	}
	return t
}

// Add counts rows.
func (t *ClassTally) Add(r ClassRows) error {
	k := uint16(len(t.plan.Names))
	for i, c := range r.Cell {
		if int(c>>1) >= t.plan.Combinations || r.Truth[i] >= k || r.Call[i] >= k {
			return fmt.Errorf("a row of combination %d, class %d and predicted class %d is beyond the plan", c>>1, r.Truth[i], r.Call[i])
		}
		if t.dense != nil {
			t.dense[(int(c>>1)*int(k)+int(r.Truth[i]))*int(k)+int(r.Call[i])]++
			continue
		}
		t.table[uint64(c>>1)<<32|uint64(r.Truth[i])<<16|uint64(r.Call[i])]++
	}
	if err := t.addPairs(r); err != nil || !t.plan.Scores {
		return err
	}
	if len(r.Scores) != int(k) {
		return errors.New("not every class has a score")
	}
	for i, c := range r.Cell {
		to, truth := &t.sums[c>>1], int(r.Truth[i])
		own := r.Scores[truth][i]
		above := 0
		for j, xs := range r.Scores {
			if x := xs[i]; x > own || x == own && j < truth {
				above++
			}
		}
		for j, top := range t.plan.Tops {
			if above < top {
				to.hits[j]++
			}
		}
		logLoss, brier, proper := t.losses.ofClasses(r.Scores, i, truth)
		if !proper {
			to.improper++
		} else {
			to.logLoss.add(logLoss)
			to.brier.add(brier)
		}
		if !t.plan.RivalScores {
			continue
		}
		log, square, fair := t.rival.ofClasses(r.TheirScores, i, truth)
		if !proper || !fair {
			to.improperPair++
			continue
		}
		to.apart[0].add(logLoss - log)
		to.apart[1].add(brier - square)
	}
	return nil
}

// addPairs counts rows by both models' calls.
func (t *ClassTally) addPairs(r ClassRows) error {
	if !t.plan.Rival {
		return nil
	}
	k := uint16(len(t.plan.Names))
	if k > maxPaired {
		return fmt.Errorf("%d classes are more than the %d of which two models are compared", k, maxPaired)
	}
	if t.plan.RivalScores && len(r.TheirScores) != int(k) {
		return errors.New("not every class has a score of the rival's")
	}
	for i, c := range r.Cell {
		if r.Theirs[i] >= k {
			return fmt.Errorf("a row of the rival's class %d is beyond the plan", r.Theirs[i])
		}
		t.pairs[uint64(c>>1)<<24|uint64(r.Truth[i])<<16|uint64(r.Call[i])<<8|uint64(r.Theirs[i])]++
	}
	return nil
}

// maxPaired is the most classes of which two models are compared.
const maxPaired = 1 << 8

// ofClasses are the losses of one row by its scores of all classes; proper is false where these are no probabilities.
func (l losses) ofClasses(scores [][]float64, row, truth int) (logLoss, brier int64, proper bool) {
	sum, squares := 0.0, 0.0
	proper = true
	for j, xs := range scores {
		x := xs[row]
		sum += x
		proper = proper && x >= 0 && x <= 1
		if j == truth {
			x--
		}
		squares += x * x
	}
	if !proper || math.Abs(sum-1) > math.Sqrt(l.eps) {
		return 0, 0, false
	}
	if len(scores) < 3 {
		squares /= 2
	}
	return l.log(scores[truth][row], 1), scaled(min(squares, 2), 1<<classBrierScale), true
}

// Merge adds what u counted under the same plan.
func (t *ClassTally) Merge(u *ClassTally) {
	for i, n := range u.dense {
		t.dense[i] += n
	}
	for key, n := range u.table {
		t.table[key] += n
	}
	for key, n := range u.pairs {
		t.pairs[key] += n
	}
	for i := range u.sums {
		t.sums[i].merge(&u.sums[i])
	}
}

func (s *classSums) merge(u *classSums) {
	s.improper += u.improper
	s.logLoss.merge(&u.logLoss)
	s.brier.merge(&u.brier)
	s.improperPair += u.improperPair
	for i := range s.apart {
		s.apart[i].merge(&u.apart[i])
	}
	for k, n := range u.hits {
		s.hits[k] += n
	}
}

// Close gives overall and each dimension's slices. all are all rows, for the areas; they are not looked at where the plan wants none.
func (t *ClassTally) Close(all ClassRows, workers int) (overall *Classes, slices [][]*Classes) {
	dimensions, sizes := t.plan.dimensions()
	out := make([][]*Classes, len(dimensions))
	k := len(t.plan.Names)
	for d, of := range dimensions {
		out[d] = make([]*Classes, sizes[d])
		sums := make([]classSums, sizes[d])
		for s := range out[d] {
			c := &Classes{Names: t.plan.Names, Scored: t.plan.Scores, Tops: t.plan.Tops, LogLoss: noLoss, Brier: noLoss, Confusion: make(stats.Confusion, k), OVR: noArea, OVO: noArea}
			for i := range c.Confusion {
				c.Confusion[i] = make([]int64, k)
			}
			out[d][s], sums[s].hits = c, make([]int64, len(t.plan.Tops))
		}
		rows := make([]int64, sizes[d])
		t.each(func(combination, truth, call int, n int64) {
			s := of[combination]
			rows[s] += n
			out[d][s].Confusion[truth][call] += n
		})
		for c, s := range of {
			sums[s].merge(&t.sums[c])
		}
		for s, c := range out[d] {
			c.rows, c.Hits, c.Improper = rows[s], sums[s].hits, sums[s].improper
			if t.plan.Scores && c.Improper == 0 {
				c.LogLoss, c.Brier = sums[s].logLoss.loss(rows[s], t.losses.scale), sums[s].brier.loss(rows[s], classBrierScale)
			}
		}
		if t.plan.Rival {
			t.pair(of, out[d], sums)
		}
	}
	if t.plan.Areas && t.plan.Scores {
		t.areas(all, workers, out)
	}
	return out[0][0], out[1:]
}

// each gives the cells that have rows.
func (t *ClassTally) each(do func(combination, truth, call int, n int64)) {
	k := len(t.plan.Names)
	for at, n := range t.dense {
		if n > 0 {
			do(at/k/k, at/k%k, at%k, n)
		}
	}
	for key, n := range t.table {
		do(int(key>>32), int(key>>16&math.MaxUint16), int(key&math.MaxUint16), n)
	}
}

// pair gives the slices of a dimension what they share with the rival.
func (t *ClassTally) pair(of []uint32, out []*Classes, sums []classSums) {
	cells := make([]map[uint32]int64, len(out))
	for s := range cells {
		cells[s] = map[uint32]int64{}
	}
	for key, n := range t.pairs {
		cells[of[key>>24]][uint32(key&(1<<24-1))] += n
	}
	for s, c := range out {
		p := &ClassPair{Cells: stats.PairedConfusion{Classes: len(t.plan.Names)}, Scored: t.plan.Scores && t.plan.RivalScores, Improper: sums[s].improperPair, LogLoss: noLoss, Brier: noLoss}
		for _, key := range slices.Sorted(maps.Keys(cells[s])) {
			p.Cells.Cells = append(p.Cells.Cells, stats.PairedCell{Truth: int(key >> 16), Ours: int(key >> 8 & 0xff), Theirs: int(key & 0xff), N: cells[s][key]})
		}
		if p.Scored && p.Improper == 0 {
			p.LogLoss, p.Brier = sums[s].apart[0].loss(c.rows, t.losses.scale), sums[s].apart[1].loss(c.rows, classBrierScale)
		}
		c.Pair = p
	}
}

var noArea = MeanArea{math.NaN(), math.NaN(), math.NaN()}

// areas walks the rows by each class's score, once for every dimension.
func (t *ClassTally) areas(all ClassRows, workers int, out [][]*Classes) {
	dimensions, _ := t.plan.dimensions()
	orders := make([]sortedRows, len(t.plan.Names))
	inTurn(len(orders), workers, func(k int) { orders[k] = ranked(all.Scores[k]) })
	inTurn(len(dimensions), workers, func(d int) { classAreas(all, orders, dimensions[d], out[d]) })
}

// inTurn calls do for 0 to n-1 from so many goroutines.
func inTurn(n, workers int, do func(i int)) {
	var wait sync.WaitGroup
	turns := make(chan int, n)
	for i := range n {
		turns <- i
	}
	close(turns)
	for range min(n, max(1, workers)) {
		wait.Go(func() {
			for i := range turns {
				do(i)
			}
		})
	}
	wait.Wait()
}

// classAreas finds a dimension's areas. One walk in ascending order of a class's score counts, in each slice, the rows of every class that lie below: they
// give the class's area against the rest, and against each other class. A row's share of a mean of areas is the sum of its placements, each over the
// rows of the other class, over the rows of its own, less their mean; shares are added up over the walks, and the variance is the sum of their squares.
func classAreas(all ClassRows, orders []sortedRows, of []uint32, out []*Classes) {
	classes := len(orders)
	size := make([][]int64, len(out)) // rows by slice and class
	for s, c := range out {
		size[s] = make([]int64, classes)
		for truth, row := range c.Confusion {
			for _, n := range row {
				size[s][truth] += n
			}
		}
		c.Areas = make([]ClassArea, classes)
	}
	total := func(s int) int64 {
		n := int64(0)
		for _, k := range size[s] {
			n += k
		}
		return n
	}
	share := [2][]float64{make([]float64, len(all.Cell)), make([]float64, len(all.Cell))} // of one against the rest, and of pairs
	centre := [2][][]float64{make([][]float64, len(out)), make([][]float64, len(out))}    // by slice and class: what is taken off
	pairs := make([][]float64, len(out))                                                  // area of class k against j: [k·classes + j]
	for s := range out {
		centre[0][s], centre[1][s] = make([]float64, classes), make([]float64, classes)
		pairs[s] = make([]float64, classes*classes)
	}
	var plan Plan
	for k, order := range orders {
		paths := make([]path, len(out))
		below, tied := make([][]int64, len(out)), make([][]int64, len(out))
		twice := make([][]sum, len(out)) // Σ over class k of 2·below + tied, by the other class
		for s := range out {
			paths[s].size = [2]int64{total(s) - size[s][k], size[s][k]}
			below[s], tied[s], twice[s] = make([]int64, classes), make([]int64, classes), make([]sum, classes)
		}
		var met []uint32
		order.ties(func(rows []uint32) {
			met = met[:0]
			for _, i := range rows {
				s := of[all.Cell[i]>>1]
				if n := tied[s]; n[all.Truth[i]] == 0 {
					met = append(met, s*uint32(classes)+uint32(all.Truth[i]))
				}
				tied[s][all.Truth[i]]++
			}
			for _, i := range rows {
				s := of[all.Cell[i]>>1]
				n, b, e := size[s], below[s], tied[s]
				own, rest := float64(n[k]), float64(paths[s].size[0])
				if all.Truth[i] != uint16(k) {
					above := (float64(2*(n[k]-b[k])) - float64(e[k])) / 2 / own
					share[0][i] += above / rest
					share[1][i] += above / float64(n[all.Truth[i]])
					continue
				}
				others := int64(0)
				for j := range classes {
					if j == k {
						continue
					}
					at := 2*b[j] + e[j]
					others += at
					twice[s][j].addSmall(uint64(at))
					share[1][i] += float64(at) / 2 / float64(n[j]) / own
				}
				share[0][i] += float64(others) / 2 / rest / own
			}
			for _, at := range met {
				s, c := at/uint32(classes), at%uint32(classes)
				if tied[s][c] == 0 {
					continue // its slice has stepped
				}
				var step [2]int64
				for j := range classes {
					if j == k {
						step[1] += tied[s][j]
					} else {
						step[0] += tied[s][j]
					}
					below[s][j] += tied[s][j]
					tied[s][j] = 0
				}
				paths[s].step(&plan, step)
			}
		})
		for s, c := range out {
			p := &paths[s]
			c.Areas[k] = ClassArea{p.auc(), covariance(p, p, p.two)}
			for j := range classes {
				if j == k {
					continue
				}
				a := ratio(twice[s][j].big(), new(big.Int).Lsh(product(size[s][k], size[s][j]), 1))
				pairs[s][k*classes+j] = a
				centre[1][s][k] += a / float64(size[s][k])
				centre[1][s][j] += a / float64(size[s][j])
				centre[0][s][j] += c.Areas[k].AUC / float64(p.size[0])
			}
			centre[0][s][k] += c.Areas[k].AUC / float64(size[s][k])
		}
	}
	means(all, of, out, size, pairs, share, centre)
}

// means are the means of areas, of slices that have rows of every class.
func means(all ClassRows, of []uint32, out []*Classes, size [][]int64, pairs [][]float64, share [2][]float64, centre [2][][]float64) {
	squares := [2][]total{make([]total, len(out)), make([]total, len(out))}
	for i, cell := range all.Cell {
		s := of[cell>>1]
		for w := range share {
			x := share[w][i] - centre[w][s][all.Truth[i]]
			if x-x == 0 {
				squares[w][s].addProduct(x, x)
			}
		}
	}
	for s, c := range out {
		k, rows, full := len(c.Names), int64(0), true
		for _, n := range size[s] {
			rows, full = rows+n, full && n > 0
		}
		if !full || k < 2 {
			continue
		}
		var ovr, ovo, weighted, paired, weights float64
		for i := range k {
			ovr += c.Areas[i].AUC
			weighted += float64(size[s][i]) / float64(rows) * c.Areas[i].AUC
			for j := range i {
				mean := (pairs[s][i*k+j] + pairs[s][j*k+i]) / 2
				weight := float64(size[s][i]+size[s][j]) / float64(rows)
				ovo += mean
				paired, weights = paired+weight*mean, weights+weight
			}
		}
		n := float64(k)
		c.OVR = MeanArea{ovr / n, weighted, math.Sqrt(squares[0][s].float()) / n}
		c.OVO = MeanArea{2 * ovo / (n * (n - 1)), paired / weights, math.Sqrt(squares[1][s].float()) / (n * (n - 1))}
	}
}

// OneVsRest are a slice's rows as if there were two classes: one, and all others.
func (c *Classes) OneVsRest(class int) Counts {
	n := Counts{TP: c.Confusion[class][class], TN: c.rows}
	for i, row := range c.Confusion {
		if i != class {
			n.FP += row[class]
			n.FN += c.Confusion[class][i]
		}
	}
	n.TN -= n.TP + n.FP + n.FN
	return n
}
