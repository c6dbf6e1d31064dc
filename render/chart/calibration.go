package chart

// Calibration is how the share of positives goes with the score.
type Calibration struct {
	Title, About string
	Bins         []Bin
	Bars         []Bar // the histogram below: none is drawn without
}

// Bin is a range of scores: its mean score, and the share of its rows that is positive, with an interval.
type Bin struct{ Score, Share, Low, High float64 }

// Bar is a range of scores with its rows by label; where no labels are known, all of them are Negatives.
type Bar struct {
	From, To             float64
	Negatives, Positives float64
}

// barsHeight is that of the histogram.
const barsHeight = 44.0

// Draw draws the bins against the line on which they would lie if the scores were right, in a square that scales with the page; and below, on
// the same axis, how many rows have which score. Without a bin it draws nothing.
func (c Calibration) Draw() string {
	if len(c.Bins) == 0 {
		return ""
	}
	values := []float64{0}
	for _, b := range c.Bins {
		values = append(values, b.Score, b.Share, b.High)
	}
	axis := NewAxis(values...)
	axis.High = min(axis.High, 1)
	most := 0.0
	var bars []Bar
	for _, b := range c.Bars {
		if b.To <= axis.High*(1+1e-9) {
			bars, most = append(bars, b), max(most, b.Negatives+b.Positives)
		}
	}
	below := 0.0
	if len(bars) > 4 { // fewer tell nothing
		below = barsHeight + 6
	}
	p := newPlane(c.Title, c.About, axis, axis, "score", "share that is positive", below, 0)
	p.diagonal("chance")
	p.bins(c.Bins, 3.2)
	if below > 0 {
		foot := planeTop + planeSide + below
		for _, b := range bars {
			left, width := p.left(b.From), p.left(b.To)-p.left(b.From)
			all := barsHeight * (b.Negatives + b.Positives) / most
			p.draw(`<rect class="bar" x="%s" y="%s" width="%s" height="%s"/>`, number(left+0.5), number(foot-all), number(max(0.5, width-1)), number(all))
		}
		p.draw(`<line class="grid" x1="%s" x2="%s" y1="%[3]s" y2="%[3]s"/>`, number(planeLeft), number(planeLeft+planeSide), number(foot))
	}
	return p.svg()
}
