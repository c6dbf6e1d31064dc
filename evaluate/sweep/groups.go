package sweep

import "slices"

// countGroup is dimensions that are counted together: their combinations that rows have are slots, and what was counted by slot is added up to each
// dimension's slices at the end.
type countGroup struct {
	of      []uint32 // slot of each combination
	size    int      // slots
	members []member
}

// member is a dimension of a group.
type member struct {
	dimension int
	slice     []uint32 // of each slot
}

// fewSlots is how many slots a group may have however few its dimensions' slices are.
const fewSlots = 64

// groups brings dimensions together, the small ones first, as long as a group has no more slots than fewSlots or the largest dimension has slices, and may
// have so many at all. Overall, the first dimension, is part of the first group.
func groups(dimensions [][]uint32, sizes []int, may func(slots int) bool) []countGroup {
	order := make([]int, len(dimensions))
	most := fewSlots
	for d, size := range sizes {
		order[d] = d
		most = max(most, size)
	}
	slices.SortStableFunc(order, func(a, b int) int { return sizes[a] - sizes[b] })
	var all []countGroup
	for _, d := range order {
		if last := len(all) - 1; last >= 0 {
			if joined := all[last].with(dimensions, d); joined.size <= most && may(joined.size) {
				all[last] = joined
				continue
			}
		}
		g := countGroup{of: dimensions[d], size: sizes[d], members: []member{{dimension: d}}}
		for s := range sizes[d] {
			g.members[0].slice = append(g.members[0].slice, uint32(s))
		}
		all = append(all, g)
	}
	return all
}

// with is the group and one dimension more.
func (g countGroup) with(dimensions [][]uint32, d int) countGroup {
	type pair struct{ slot, slice uint32 }
	slots := map[pair]uint32{}
	out := countGroup{of: make([]uint32, len(g.of))}
	for _, m := range g.members {
		out.members = append(out.members, member{dimension: m.dimension})
	}
	out.members = append(out.members, member{dimension: d})
	for c, slot := range g.of {
		p := pair{slot, dimensions[d][c]}
		at, ok := slots[p]
		if !ok {
			at = uint32(out.size)
			slots[p] = at
			out.size++
			for i, m := range g.members {
				out.members[i].slice = append(out.members[i].slice, m.slice[slot])
			}
			last := &out.members[len(g.members)]
			last.slice = append(last.slice, p.slice)
		}
		out.of[c] = at
	}
	return out
}
