package evaluate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evaluate/table"
)

// maxProfiles is how many columns of groups are measured at most: 20 columns of 50 groups. As many take up to 0.6 GB while a baseline's rows are counted, and
// fit into what a stored baseline may have.
const maxProfiles = 1000

// leastProfiled is the fewest rows that a group's profile may be of, and the fewest that the groups without one may have together: see docs/drift.md.
const leastProfiled = 11

// divided are the dimensions in whose groups columns are measured, each once.
type divided struct {
	all          []*across
	groupings    []grouping
	used         []int // the groupings that some dimension is made of
	combinations sweep.Combinations
	columns      []measured
}

// across counts columns in every group of a dimension. Goroutines share its counters, so that memory does not grow with them; each group has a lock of its own.
type across struct {
	dimension Dimension
	parts     []int     // the groupings that it is made of
	codes     []int     // their places in a combination
	names     []string  // of the columns that are counted
	columns   []int     // their places among all that are measured
	known     *Profiled // what the baseline has; nil: it is being made
	file      string
	start     func(m measured) *meter
	left      *atomic.Int64 // profiles that there may still be, along all dimensions

	lock   sync.Mutex
	places map[string]uint32 // of groups, by their words
	groups []*metered
}

// metered is one group.
type metered struct {
	groups Groups
	lock   sync.Mutex
	rows   atomic.Int64
	meters []*meter // of each column; nil: the baseline has no such group
}

// divided finds the dimensions in whose groups columns are measured. known is the baseline to measure against; nil: it is being made.
func (n Needs) divided(c Config, t Terms, file string, groupings []grouping, columns []measured, known *Baseline) *divided {
	out := &divided{groupings: groupings, columns: columns}
	left := &atomic.Int64{}
	left.Store(maxProfiles)
	for _, ask := range n.Across {
		column := slices.IndexFunc(columns, func(m measured) bool { return m.name == ask.Column })
		d, ok := t.Dimension(ask.Dimension)
		if column < 0 || !ok { // labels in a file of their own are counted with the rows; able refuses a dimension that is none
			continue
		}
		a := out.along(d.Name)
		if a == nil {
			a = &across{dimension: d, file: file, left: left, places: map[string]uint32{}, start: func(m measured) *meter { return m.meter(c, t) }}
			if known != nil {
				a.known = known.along(d.Name)
			}
			for _, part := range t.parts(d) {
				k := slices.IndexFunc(groupings, func(g grouping) bool { return g.Name == part.Name })
				if !slices.Contains(out.used, k) {
					out.used = append(out.used, k)
				}
				a.parts, a.codes = append(a.parts, k), append(a.codes, slices.Index(out.used, k))
			}
			out.all = append(out.all, a)
		}
		if !slices.Contains(a.columns, column) {
			a.columns, a.names = append(a.columns, column), append(a.names, ask.Column)
		}
	}
	return out
}

// along is what is counted in the groups of a dimension; nil: nothing.
func (d *divided) along(dimension string) *across {
	if i := slices.IndexFunc(d.all, func(a *across) bool { return a.dimension.Name == dimension }); i >= 0 {
		return d.all[i]
	}
	return nil
}

// parts are the dimensions of which one is made: itself, or those that are crossed.
func (t Terms) parts(d Dimension) []Dimension {
	if len(d.Cross) == 0 {
		return []Dimension{d}
	}
	var all []Dimension
	for _, name := range d.Cross {
		part, _ := t.Dimension(name)
		all = append(all, part)
	}
	return all
}

// along is what the baseline has of a dimension; nil: nothing.
func (b *Baseline) along(dimension string) *Profiled {
	if i := slices.IndexFunc(b.Slices, func(p Profiled) bool { return p.Dimension == dimension }); i >= 0 {
		return &b.Slices[i]
	}
	return nil
}

// of is what the baseline has of a group; nil: nothing.
func (p *Profiled) of(g Groups) *ProfiledGroup {
	if i := slices.IndexFunc(p.Groups, func(x ProfiledGroup) bool { return maps.Equal(x.Groups, g) }); i >= 0 {
		return &p.Groups[i]
	}
	return nil
}

// word is what a person calls the group of a code.
func (g grouping) word(code uint32) string {
	switch {
	case code == 0:
		return Missing
	case g.values == nil:
		return binNames(g.Bins)[code-1]
	}
	text := g.values.text(code)
	if word, named := g.Values[text]; named {
		return word
	}
	return text
}

// place is the group of a combination's codes, a new one where there was none.
func (a *across) place(codes []uint32, groupings []grouping, columns []measured) (uint32, error) {
	groups, key := Groups{}, ""
	for i, k := range a.parts {
		word := groupings[k].word(codes[a.codes[i]])
		groups[groupings[k].Name], key = word, fmt.Sprintf("%s%d:%s", key, len(word), word)
	}
	a.lock.Lock()
	defer a.lock.Unlock()
	if at, ok := a.places[key]; ok {
		return at, nil
	}
	if a.left.Add(-int64(len(a.columns))) < 0 {
		return 0, &table.Error{File: a.file, Column: a.dimension.Name, Code: "too-many-groups",
			What: fmt.Sprintf("drift of %d columns in more than %d groups, along this and other dimensions, is more than the %d profiles allowed", len(a.columns), len(a.groups), maxProfiles)}
	}
	g := &metered{groups: groups}
	var base *ProfiledGroup
	if a.known != nil {
		base = a.known.of(groups)
	}
	if a.known == nil || base != nil {
		for _, i := range a.columns {
			m := columns[i]
			if base != nil {
				column := base.Columns[m.name]
				m.base = &column
			}
			g.meters = append(g.meters, a.start(m))
		}
	}
	at := uint32(len(a.groups))
	a.places[key] = at
	a.groups = append(a.groups, g)
	return at, nil
}

// list are the groups that were met so far.
func (a *across) list() []*metered {
	a.lock.Lock()
	defer a.lock.Unlock()
	return a.groups
}

// grouper counts one goroutine's batches in the groups of all dimensions that are asked for.
type grouper struct {
	*divided
	combiner *sweep.Combiner
	to       [][]uint32 // of each dimension: the group of a combination

	coded   []sweep.Coded
	none    []uint32 // a label of each row, which is of no meaning here
	cells   []uint32
	groups  []uint32 // of each row
	begins  []int    // where each group's rows begin, once they are brought together
	ends    []int
	numbers []float64
	codes   []uint32
}

// grouper starts one; nil where nothing is measured in groups.
func (d *divided) grouper() *grouper {
	if d == nil || len(d.all) == 0 {
		return nil
	}
	return &grouper{divided: d, combiner: d.combinations.Combiner(), to: make([][]uint32, len(d.all)), coded: make([]sweep.Coded, len(d.used))}
}

// add counts a batch: the codes of its rows along all groupings, and the columns that are measured, in their order.
func (g *grouper) add(rows int, coded []sweep.Coded, column func(i int) table.Column) error {
	if g == nil || rows == 0 {
		return nil
	}
	for i, k := range g.used {
		g.coded[i] = coded[k]
	}
	for len(g.none) < rows {
		g.none = append(g.none, 0)
	}
	g.cells = g.combiner.Cells(g.cells[:0], sweep.Coded{Codes: g.none[:rows]}, g.coded)
	last := uint32(0)
	for _, cell := range g.cells {
		last = max(last, cell>>1)
	}
	for d, a := range g.all {
		if err := g.know(d, int(last)+1); err != nil {
			return err
		}
		to := g.to[d]
		g.groups = slices.Grow(g.groups[:0], rows)[:rows]
		most := uint32(0)
		for i, cell := range g.cells {
			at := to[cell>>1]
			g.groups[i], most = at, max(most, at)
		}
		g.begins = slices.Grow(g.begins[:0], int(most)+1)[:most+1]
		clear(g.begins)
		for _, at := range g.groups {
			g.begins[at]++
		}
		groups, end := a.list(), 0
		for at, n := range g.begins { // now where a group's rows begin
			g.begins[at] = end
			end += n
			groups[at].rows.Add(int64(n))
		}
		for k, i := range a.columns {
			if err := g.count(groups, k, column(i)); err != nil {
				return fmt.Errorf("measure %s along %s: %w", g.columns[i].name, a.dimension.Name, err)
			}
		}
	}
	return nil
}

// know finds the groups of combinations that are new.
func (g *grouper) know(d, combinations int) error {
	if len(g.to[d]) >= combinations {
		return nil
	}
	all := g.combinations.List()
	for _, codes := range all[len(g.to[d]):] {
		at, err := g.all[d].place(codes, g.groupings, g.columns)
		if err != nil {
			return err
		}
		g.to[d] = append(g.to[d], at)
	}
	return nil
}

// count brings the rows of each group together, and counts them.
func (g *grouper) count(groups []*metered, k int, column table.Column) error {
	ends := append(g.ends[:0], g.begins...)
	g.ends = ends
	if column.Codes == nil {
		g.numbers = slices.Grow(g.numbers[:0], len(g.groups))[:len(g.groups)]
		for i, x := range column.Numbers {
			at := g.groups[i]
			g.numbers[ends[at]] = x
			ends[at]++
		}
	} else {
		g.codes = slices.Grow(g.codes[:0], len(g.groups))[:len(g.groups)]
		for i, code := range column.Codes {
			at := g.groups[i]
			g.codes[ends[at]] = code
			ends[at]++
		}
	}
	var positive []uint32
	for at, end := range ends {
		of, begin := groups[at], g.begins[at]
		if begin == end || of.meters == nil {
			continue
		}
		m := of.meters[k]
		numbers, codes := g.numbers, g.codes
		if m.texts == nil {
			numbers = numbers[begin:end]
		} else {
			codes = codes[begin:end]
			if positive == nil {
				positive = positives(column.Dictionary, m.value)
			}
		}
		of.lock.Lock()
		err := m.count(numbers, codes, column.Dictionary, positive)
		of.lock.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// profiled is what a baseline keeps of some groups.
func (a *across) profiled(n Needs, t Terms, kept []*metered) Profiled {
	out := Profiled{Dimension: a.dimension.Name, Of: t.parts(a.dimension), Columns: slices.Sorted(slices.Values(a.names)), Groups: []ProfiledGroup{}}
	for _, g := range kept {
		p := ProfiledGroup{Groups: g.groups, Rows: g.rows.Load(), Columns: drift.Profile{}}
		for k, name := range a.names {
			column := g.meters[k].column()
			if !n.whole(name, a.dimension.Name) {
				column = column.Tenths()
			}
			p.Columns[name] = column
		}
		out.Groups = append(out.Groups, p)
	}
	slices.SortFunc(out.Groups, func(x, y ProfiledGroup) int {
		for _, part := range out.Of {
			if order := byWord(part, x.Groups[part.Name], y.Groups[part.Name]); order != 0 {
				return order
			}
		}
		return 0
	})
	return out
}

// byWord orders a dimension's groups: bins from low to high, words by size or by letter.
func byWord(d Dimension, a, b string) int {
	if len(d.Bins) > 0 {
		names := binNames(d.Bins)
		x, y := slices.Index(names, a), slices.Index(names, b)
		if x >= 0 && y >= 0 {
			return x - y
		}
	}
	return byValue(a, b)
}

// whole says that a distance is asked for in the dimension's groups that looks at more than the shares of tenths.
func (n Needs) whole(column, dimension string) bool {
	return slices.ContainsFunc(n.Across, func(x Across) bool {
		d, _ := drift.Named(x.Distance)
		return x.Column == column && sameCross(x.Dimension, dimension) && d.Of == drift.OrderedNumbers
	})
}

func sameCross(a, b string) bool { return slices.Equal(CrossOf(a), CrossOf(b)) }

// kept are the groups of which a baseline keeps a profile: of 11 rows or more, and part of a group with one in each of the dimensions that theirs is a cross
// with; and so that of no profile less those of the groups in it 1 to 10 rows are left. Where they would be, the smallest group there (of equal ones the first
// by its words) has none either.
func kept(all []*across) map[*across][]*metered {
	out := map[*across][]*metered{}
	for _, a := range slices.SortedStableFunc(slices.Values(all), func(a, b *across) int { return len(a.parts) - len(b.parts) }) {
		wider := a.wider(all)
		var have []*metered
		for _, g := range a.groups {
			inside := true
			for _, w := range wider {
				inside = inside && slices.ContainsFunc(out[w], func(x *metered) bool { return g.within(x.groups) })
			}
			if inside && g.rows.Load() >= leastProfiled {
				have = append(have, g)
			}
		}
		slices.SortFunc(have, func(x, y *metered) int {
			return cmp.Or(cmp.Compare(x.rows.Load(), y.rows.Load()), strings.Compare(x.groups.String(), y.groups.String()))
		})
		for again := true; again; {
			again = a.leave(&have, Groups{})
			for _, w := range wider {
				for _, x := range out[w] {
					again = a.leave(&have, x.groups) || again
				}
			}
		}
		out[a] = have
	}
	return out
}

// leave takes the smallest group out of those that are part of a wider one, where 1 to 10 rows of it are left beside them.
func (a *across) leave(have *[]*metered, wider Groups) bool {
	left := int64(0)
	for _, g := range a.groups {
		if g.within(wider) {
			left += g.rows.Load()
		}
	}
	smallest := -1
	for i, g := range *have {
		if g.within(wider) {
			if left -= g.rows.Load(); smallest < 0 {
				smallest = i
			}
		}
	}
	if smallest < 0 || left == 0 || left >= leastProfiled {
		return false
	}
	*have = slices.Delete(*have, smallest, smallest+1)
	return true
}

// wider are the dimensions of which a's is a cross with others.
func (a *across) wider(all []*across) []*across {
	var out []*across
	for _, b := range all {
		if len(b.parts) < len(a.parts) && !slices.ContainsFunc(b.parts, func(p int) bool { return !slices.Contains(a.parts, p) }) {
			out = append(out, b)
		}
	}
	return out
}

// within says that the group is part of a wider one.
func (g *metered) within(wider Groups) bool {
	for name, word := range wider {
		if g.groups[name] != word {
			return false
		}
	}
	return true
}

// able refuses drift in groups of which the baseline has nothing, or what was made by other groups.
func (x Across) able(t Terms, b *Baseline) error {
	d, ok := t.Dimension(x.Dimension)
	if !ok {
		return problem("unknown-group", fmt.Sprintf("%q is no group of this file", x.Dimension), "")
	}
	const again = ": name the baseline's rows by `data: {baseline: FILE}`, so that it is made anew, or leave `across` out"
	p := b.along(d.Name)
	switch {
	case p == nil || !slices.Contains(p.Columns, x.Column):
		return problem("no-baseline", fmt.Sprintf("the baseline has no profile of %q in the groups of %q: it was made without%s", x.Column, d.Name, again), "")
	case !sameDimensions(p.Of, t.parts(d)):
		return problem("no-baseline", fmt.Sprintf("the baseline's groups of %q were made by other columns, values or bins than these%s", d.Name, again), "")
	}
	if distance, _ := drift.Named(x.Distance); distance.Of == drift.OrderedNumbers &&
		slices.ContainsFunc(p.Groups, func(g ProfiledGroup) bool { return g.Columns[x.Column].Thin }) {
		return problem("no-baseline", fmt.Sprintf("the baseline has tenths only of %q in the groups of %q, too few to tell %s by%s", x.Column, d.Name, x.Distance, again), "")
	}
	return nil
}

// sameDimensions says that groups are made of the same columns, values and bins.
func sameDimensions(a, b []Dimension) bool {
	return slices.EqualFunc(a, b, func(x, y Dimension) bool {
		return x.Name == y.Name && x.Column == y.Column && maps.Equal(x.Values, y.Values) && slices.Equal(x.Bins, y.Bins)
	})
}

// check holds a stored baseline's groups to themselves.
func (p Profiled) check() error {
	for i, g := range p.Groups {
		if len(g.Groups) != len(p.Of) || slices.ContainsFunc(p.Of, func(d Dimension) bool { _, ok := g.Groups[d.Name]; return !ok }) {
			return fmt.Errorf("it has %s, which is no group of %q", g.Groups, p.Dimension)
		}
		for _, name := range slices.Sorted(maps.Keys(g.Columns)) {
			if err := g.Columns[name].Check(); err != nil {
				return fmt.Errorf("its column %q for %s contradicts itself: %w", name, g.Groups, err)
			}
			if c := g.Columns[name]; c.Rows != g.Rows {
				return fmt.Errorf("its column %q for %s has %d rows, and the group %d", name, g.Groups, c.Rows, g.Rows)
			}
		}
		for _, name := range p.Columns {
			if _, ok := g.Columns[name]; !ok {
				return fmt.Errorf("it has no column %q for %s", name, g.Groups)
			}
		}
		for _, other := range p.Groups[:i] {
			if maps.Equal(other.Groups, g.Groups) {
				return fmt.Errorf("it has %s twice", g.Groups)
			}
		}
	}
	return nil
}

// coded are a batch's codes along the grouping. bins is room for them where it has bins.
func (g grouping) coded(column table.Column, values *recode, bins []uint32) (sweep.Coded, []uint32) {
	if g.values != nil {
		return values.column(column), bins
	}
	bins = slices.Grow(bins[:0], len(column.Numbers))[:len(column.Numbers)]
	for i, x := range column.Numbers {
		bins[i] = g.bin(x)
	}
	return sweep.Coded{Codes: bins}, bins
}
