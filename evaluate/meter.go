package evaluate

import (
	"fmt"
	"strconv"

	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evaluate/table"
)

// meter counts a column of which drift is measured, batch after batch: for a baseline, or by what the baseline's column knows; and what is positive of a
// score or of texts.
type meter struct {
	numbers  *drift.Numbers // one of the two
	texts    *drift.Texts
	positive *drift.Share // nil: nothing is
	cut      float64      // of the score's
	value    string       // of texts
}

// measured is a column of which drift is measured.
type measured struct {
	name string // as gates name it
	want table.Want
	typ  table.Type
	base *drift.Column // nil: for a baseline
	now  drift.Column  // once it was counted
}

func (m measured) meter(c Config, t Terms) *meter {
	out := &meter{}
	if m.want.As != table.Number {
		if out.texts = drift.NewTexts(); m.base != nil {
			out.texts = m.base.NewTexts()
		}
		out.value, out.positive = t.Positive, &drift.Share{Means: strconv.Quote(t.Positive)}
		return out
	}
	if out.numbers = drift.NewNumbers(); m.base != nil {
		out.numbers = m.base.NewNumbers()
	}
	if m.want.Name == c.Score && t.Threshold != nil {
		out.cut, out.positive = cutOf(m.typ, *t.Threshold), &drift.Share{Means: fmt.Sprintf("score >= %v", *t.Threshold)}
	}
	return out
}

func (m *meter) add(column table.Column) error {
	var positive []uint32
	if m.texts != nil {
		positive = positives(column.Dictionary, m.value)
	}
	return m.count(column.Numbers, column.Codes, column.Dictionary, positive)
}

// positives are the codes of the positive value: none, or several where a dictionary has it more than once. They are not nil.
func positives(dictionary []string, value string) []uint32 {
	codes := []uint32{}
	for code, text := range dictionary {
		if text == value {
			codes = append(codes, uint32(code))
		}
	}
	return codes
}

// count counts the numbers, or the codes, of some rows.
func (m *meter) count(numbers []float64, codes []uint32, dictionary []string, positive []uint32) error {
	if m.numbers != nil {
		m.numbers.Add(numbers)
		if m.positive != nil {
			n := int64(0)
			for _, x := range numbers {
				if x >= m.cut {
					n++
				}
			}
			m.positive.Rows += n
		}
		return nil
	}
	for _, is := range positive {
		for _, code := range codes {
			if code == is {
				m.positive.Rows++
			}
		}
	}
	return m.texts.AddCodes(codes, dictionary)
}

func (m *meter) merge(u *meter) error {
	if m.positive != nil {
		m.positive.Rows += u.positive.Rows
	}
	if m.numbers != nil {
		return m.numbers.Merge(u.numbers)
	}
	return m.texts.Merge(u.texts)
}

func (m *meter) column() drift.Column {
	var out drift.Column
	if m.numbers != nil {
		out = m.numbers.Column()
	} else {
		out = m.texts.Column()
	}
	out.Positive = m.positive
	return out
}

// meters are those of one goroutine.
func meters(columns []measured, c Config, t Terms) []*meter {
	all := make([]*meter, len(columns))
	for i, m := range columns {
		all[i] = m.meter(c, t)
	}
	return all
}

// mergeMeters adds up what all goroutines counted.
func mergeMeters(columns []measured, of [][]*meter) error {
	for i := range columns {
		for _, m := range of[1:] {
			if err := of[0][i].merge(m[i]); err != nil {
				return fmt.Errorf("measure %s: %w", columns[i].name, err)
			}
		}
		columns[i].now = of[0][i].column()
	}
	return nil
}
