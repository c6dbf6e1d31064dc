package sweep

// pairs are the scores of rows that have rivals' scores beside them: the covariance of two areas needs each row's placement under both.
type pairs struct {
	score  []float64
	cell   []uint32
	rivals [][]float64
}

func (p *pairs) add(r Rows) {
	p.score, p.cell = append(p.score, r.Score...), append(p.cell, r.Cell...)
	for i, xs := range r.Rivals {
		p.rivals[i] = append(p.rivals[i], xs...)
	}
}

func (p *pairs) merge(u *pairs) {
	p.score, p.cell = append(p.score, u.score...), append(p.cell, u.cell...)
	for i, xs := range u.rivals {
		p.rivals[i] = append(p.rivals[i], xs...)
	}
}

// rank sorts the scores of ours and of each rival, once.
func (p *pairs) rank() (ours sortedRows, theirs []sortedRows) {
	for _, xs := range p.rivals {
		theirs = append(theirs, ranked(xs))
	}
	return ranked(p.score), theirs
}

// compare adds to each slice of a dimension what it shares with the rivals.
func (p *pairs) compare(of []uint32, counted []count, c *counts, ours sortedRows, theirs []sortedRows, to []Stats) {
	place := make([]int64, len(p.score))
	own := paired(counted)
	p.walk(ours, of, own, place, nil)
	for r := range theirs {
		rival := paired(counted)
		p.walk(theirs[r], of, rival, nil, place)
		for s := range counted {
			to[s].Pairs[r] = c.pair(&counted[s].pairs[r], counted[s].rows[0]+counted[s].rows[1], &own[s], &rival[s])
		}
	}
}

// pairPath is a path with the sums of placements times those under our own score, by class: a rival's only.
type pairPath struct {
	path
	cross [2]sum
}

func paired(counted []count) []pairPath {
	all := make([]pairPath, len(counted))
	for s := range all {
		all[s].size = counted[s].rows
	}
	return all
}

// walk goes over the rows in ascending order of a score. Where place is given it keeps the rows' placements there; where ours is, it adds their
// products with those under our own score.
func (p *pairs) walk(order sortedRows, of []uint32, slices []pairPath, place, ours []int64) {
	var touched []*pairPath
	order.ties(func(rows []uint32) {
		touched = touched[:0]
		for _, row := range rows {
			a := &slices[of[p.cell[row]>>1]]
			if a.tied == [2]int64{} {
				touched = append(touched, a)
			}
			a.tied[p.cell[row]&1]++
		}
		for _, row := range rows {
			a, y := &slices[of[p.cell[row]>>1]], p.cell[row]&1
			at := 2*a.below[1-y] + a.tied[1-y]
			if place != nil {
				place[row] = at
			}
			if ours != nil {
				a.cross[y].addProduct(uint64(at), uint64(ours[row]))
			}
		}
		for _, a := range touched {
			t := a.tied
			a.tied = [2]int64{}
			a.step(&Plan{}, t)
		}
	})
}

func (c *counts) pair(p *pairCount, rows int64, own, rival *pairPath) Pair {
	out := Pair{
		AUC: rival.auc(), AUCVar: covariance(&rival.path, &rival.path, rival.two), Covariance: covariance(&own.path, &rival.path, rival.cross),
		Counts: p.joint, Outside: p.outside, LogLoss: noLoss, Brier: noLoss,
	}
	if p.outside == 0 && c.loss != nil {
		out.LogLoss, out.Brier = p.logLoss.loss(rows, c.losses.scale), p.brier.loss(rows, brierScale)
	}
	return out
}
