package render

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// column of a table on a terminal. Where the width does not do, the columns of the highest rank go first; rank 0 stays.
type column struct {
	title string
	rank  int
	right bool
	cells []string
}

// grid is a table without lines. fold gives what a row says below itself, told which columns are gone; style is a cell's look.
type grid struct {
	columns []column
	fold    func(row int, gone []string) string
	style   func(row, col int) lipgloss.Style // col as in columns, whichever are gone; row -1 is the head
}

const columnGap = 2

func (c column) width() int {
	w := lipgloss.Width(c.title)
	for _, s := range c.cells {
		w = max(w, lipgloss.Width(s))
	}
	return w
}

// fit says which columns stay.
func (g grid) fit(width int) []int {
	var kept []int
	for i, c := range g.columns {
		if c.width() > 0 {
			kept = append(kept, i)
		}
	}
	for {
		total := -columnGap
		out := -1
		for at, i := range kept {
			total += g.columns[i].width() + columnGap
			if r := g.columns[i].rank; r > 0 && (out < 0 || r > g.columns[kept[out]].rank) {
				out = at
			}
		}
		if total <= width || out < 0 {
			return kept
		}
		kept = slices.Delete(kept, out, out+1)
	}
}

// grid writes it, indented. Colour only where the console has it.
func (c *console) grid(indent int, g grid) {
	kept := g.fit(c.width - indent)
	var gone []string
	for i, col := range g.columns {
		if !slices.Contains(kept, i) {
			gone = append(gone, col.title)
		}
	}
	t := table.New().Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderColumn(false).BorderHeader(false).BorderRow(false).Wrap(false)
	t = t.StyleFunc(func(row, at int) lipgloss.Style {
		s := lipgloss.NewStyle()
		if c.color && g.style != nil {
			s = g.style(row, kept[at])
		}
		if at < len(kept)-1 {
			s = s.PaddingRight(columnGap)
		}
		if g.columns[kept[at]].right {
			s = s.Align(lipgloss.Right)
		}
		return s
	})
	var heads []string
	rows := 0
	for _, i := range kept {
		heads = append(heads, g.columns[i].title)
		rows = max(rows, len(g.columns[i].cells))
	}
	t = t.Headers(heads...)
	for r := range rows {
		var cells []string
		for _, i := range kept {
			cells = append(cells, g.columns[i].cells[r])
		}
		t = t.Row(cells...)
	}
	for i, l := range strings.Split(strings.TrimRight(t.Render(), "\n"), "\n") {
		c.line(strings.Repeat(" ", indent) + l)
		if i > 0 && g.fold != nil {
			if below := g.fold(i-1, gone); below != "" {
				c.paragraph(strings.Repeat(" ", indent+columnGap+2), below)
			}
		}
	}
}
