package drift

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Texts counts a column of texts, batch by batch. Each goroutine has one of its own, and they are merged at the end: the column does not depend on how
// rows were ordered or shared out among them. One that was made by [NewTexts] becomes a baseline's column; by [Column.NewTexts], the
// column to measure against that baseline, by the values that it lists.
type Texts struct {
	counts                map[string]int64
	listed                bool // counts has the baseline's values, and no other is added
	other, missing, total int64
	tooMany               bool
	batch                 []int64
	few                   []uint32
}

const (
	// mostDifferent bounds the memory of a counter. A column of more different texts is of ids or free text, and all of them are other.
	mostDifferent = 1 << 20
	// mostListed and mostBytes bound what a baseline keeps of a column: its most frequent values, and as many as fit.
	mostListed = 500
	mostBytes  = 32 << 10
)

// NewTexts counts for a baseline.
func NewTexts() *Texts { return &Texts{counts: map[string]int64{}} }

// NewTexts counts by the values of the baseline's column c.
func (c Column) NewTexts() *Texts {
	t := &Texts{counts: make(map[string]int64, len(c.Values)), listed: true}
	for v := range c.Values {
		t.counts[v] = 0
	}
	return t
}

// Add counts the texts of some rows; missing says which have none (nil: all have one).
func (t *Texts) Add(xs []string, missing []bool) {
	for i, x := range xs {
		t.total++
		if missing != nil && missing[i] {
			t.missing++
			continue
		}
		t.add(x, 1)
	}
}

// AddCodes counts rows by their codes: places in the dictionary. Its length is the code of a missing value, and a greater code is an error. The same
// text may stand in the dictionary twice. It costs by the rows or the dictionary, whichever is smaller.
func (t *Texts) AddCodes(codes []uint32, dictionary []string) error {
	if len(codes) < len(dictionary)/16 {
		return t.addFew(codes, dictionary)
	}
	t.batch = slices.Grow(t.batch[:0], len(dictionary)+1)[:len(dictionary)+1]
	clear(t.batch)
	for i, code := range codes {
		if int(code) >= len(t.batch) {
			return fmt.Errorf("row %d has the code %d, and the dictionary %d texts", i+1, code, len(dictionary))
		}
		t.batch[code]++
	}
	for i, x := range dictionary {
		if n := t.batch[i]; n > 0 {
			t.add(x, n)
		}
	}
	t.missing += t.batch[len(dictionary)]
	t.total += int64(len(codes))
	return nil
}

// addFew is AddCodes of few rows beside a large dictionary.
func (t *Texts) addFew(codes []uint32, dictionary []string) error {
	sorted := append(t.few[:0], codes...)
	t.few = sorted
	slices.Sort(sorted)
	if n := len(sorted); n > 0 && int(sorted[n-1]) > len(dictionary) {
		row := slices.IndexFunc(codes, func(code uint32) bool { return int(code) > len(dictionary) })
		return fmt.Errorf("row %d has the code %d, and the dictionary %d texts", row+1, codes[row], len(dictionary))
	}
	t.total += int64(len(codes))
	for len(sorted) > 0 {
		code, n := sorted[0], 1
		for n < len(sorted) && sorted[n] == code {
			n++
		}
		if int(code) == len(dictionary) {
			t.missing += int64(n)
		} else {
			t.add(dictionary[code], int64(n))
		}
		sorted = sorted[n:]
	}
	return nil
}

func (t *Texts) add(x string, rows int64) {
	n, known := t.counts[x]
	switch {
	case !known && t.listed || t.tooMany:
		t.other += rows
	case !known && len(t.counts) == mostDifferent:
		t.tooMany, t.counts = true, nil
	default:
		t.counts[x] = n + rows
	}
}

// Merge counts what u has counted too, and leaves u as it is. Both must be for a baseline, or for the same values.
func (t *Texts) Merge(u *Texts) error {
	if t.listed != u.listed {
		return errors.New("a baseline's counter and one against a baseline")
	}
	if t.listed {
		same := len(t.counts) == len(u.counts)
		for x := range u.counts {
			_, known := t.counts[x]
			same = same && known
		}
		if !same {
			return errors.New("the columns are counted by different values")
		}
	}
	if u.tooMany {
		t.tooMany, t.counts = true, nil
	}
	for x, n := range u.counts {
		t.add(x, n)
	}
	t.other += u.other
	t.missing += u.missing
	t.total += u.total
	return nil
}

// Column gives what was counted. For a baseline, a value of fewer than 11 rows is not listed, nor one that is not among the 500 most frequent
// (of equal ones the first in the order of bytes) or for which 32 KiB are not enough. None is listed where there were over a million different ones.
func (t *Texts) Column() Column {
	c := Column{Other: t.other, Missing: t.missing, Rows: t.total}
	if t.tooMany {
		c.Other = t.total - t.missing
		return c
	}
	if t.listed {
		if len(t.counts) > 0 {
			c.Values = make(map[string]int64, len(t.counts))
		}
		for x, n := range t.counts {
			c.Values[x] = n
		}
		return c
	}
	type value struct {
		text string
		rows int64
	}
	var all []value
	for x, n := range t.counts {
		if n < leastRows {
			c.Other += n
			continue
		}
		all = append(all, value{x, n})
	}
	slices.SortFunc(all, func(a, b value) int { return cmp.Or(cmp.Compare(b.rows, a.rows), cmp.Compare(a.text, b.text)) })
	size := 0
	for _, v := range all {
		if len(c.Values) == mostListed || size+len(v.text) > mostBytes {
			c.Other += v.rows
			continue
		}
		if c.Values == nil {
			c.Values = map[string]int64{}
		}
		c.Values[v.text] = v.rows
		size += len(v.text)
	}
	return c
}
