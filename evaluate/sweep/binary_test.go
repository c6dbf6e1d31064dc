package sweep

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Tallies, scouts and rare rows that are written and read again, as shards counted elsewhere are, give the bits that they would have given here, in two rounds
// and in one; and bytes that are cut off or changed never panic.
func TestShards(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		r := drawRows(t, p, 40)
		want := closed(t, tally(t, p, r))
		half := len(r.Score) / 2
		all := numbers(len(r.Score))
		parts := []rowsOf{r.pick(all[:half]), r.pick(all[half:])}
		if half == 0 {
			parts[0] = r.pick(nil)
		}
		for i := range parts {
			for len(parts[i].Rivals) < len(p.Rivals) {
				parts[i].Rivals = append(parts[i].Rivals, nil)
			}
			for len(parts[i].Slice) < len(p.Sizes) {
				parts[i].Slice = append(parts[i].Slice, nil)
			}
		}
		spoil := func(b []byte, read func([]byte) error) {
			cut := rapid.IntRange(0, len(b)-1).Draw(t, "cut")
			if err := read(b[:cut]); err == nil {
				t.Fatalf("%d of %d bytes are read", cut, len(b))
			}
			if err := read(append(slices.Clone(b), 0)); err == nil {
				t.Fatal("a byte more is read")
			}
			other := slices.Clone(b)
			other[rapid.IntRange(0, len(b)-1).Draw(t, "place")] ^= rapid.ByteRange(1, 255).Draw(t, "change")
			if err := read(other); err == nil {
				t.Fatal("changed bytes are read")
			}
		}
		var scouts [2]Scout
		for i, part := range parts {
			var s Scout
			s.Add(part.rows(p))
			b, err := s.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			if err := scouts[i].UnmarshalBinary(b); err != nil {
				t.Fatal(err)
			}
			spoil(b, func(b []byte) error { return new(Scout).UnmarshalBinary(b) })
		}
		scouts[0].Merge(&scouts[1])
		rares := []*Rare{nil}
		for class := range uint8(2) {
			if rare := scouts[0].classes[class].rare(class); rare.fits(p) == nil && p.Ranks {
				b, err := rare.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				var again Rare
				if err := again.UnmarshalBinary(b); err != nil || !again.equal(rare) {
					t.Fatalf("%v: %v is not %v", err, again, rare)
				}
				spoil(b, func(b []byte) error { return new(Rare).UnmarshalBinary(b) })
				rares = append(rares, &again)
			}
		}
		for _, rare := range rares {
			var whole *Tally
			for _, part := range parts {
				shard := newTally(p, rare, newFinder(nil), Limits{})
				if err := shard.Add(part.rows(p)); err != nil {
					t.Fatal(err)
				}
				b, err := shard.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				read, err := ReadTally(p, rare, b)
				if err != nil {
					t.Fatal(err)
				}
				spoil(b, func(b []byte) error { _, err := ReadTally(p, rare, b); return err })
				if whole == nil {
					whole = read
				} else if err := whole.Merge(read); err != nil {
					t.Fatal(err)
				}
			}
			if got := closed(t, whole); got != want {
				t.Fatalf("shards:\n%s\nnot\n%s", got, want)
			}
		}
	})
}

// A tally is read under its own plan and rare rows only, and one that was spilled is written whole.
func TestReadTallyRefuses(t *testing.T) {
	p := whole(Plan{Cuts: []float64{0.5}, Ranks: true})
	r := rowsOf{Score: []float64{0.1, 0.2, 0.3}, Label: []uint8{0, 1, 0}}
	b, err := tally(t, p, r).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	other := p
	other.Cuts = []float64{0.6}
	if _, err := ReadTally(other, nil, b); err == nil {
		t.Error("read by another plan")
	}
	counted := NewRare(p, rareOf(r.rows(p), 1))
	if err := counted.Add(r.rows(p)); err != nil {
		t.Fatal(err)
	}
	if b, err = counted.MarshalBinary(); err != nil {
		t.Fatal(err)
	}
	r.Score[1] = 0.25
	if _, err := ReadTally(p, rareOf(r.rows(p), 1), b); err == nil {
		t.Error("read beside other rare rows")
	}
	spilled := newTally(p, nil, newFinder(nil), Limits{Memory: 1})
	defer spilled.abandon()
	if err := spilled.Add(r.rows(p)); err != nil {
		t.Fatal(err)
	}
	for range pieceRows {
		if err := spilled.Add(r.rows(p)); err != nil {
			t.Fatal(err)
		}
	}
	if spilled.ranges.spill == nil {
		t.Fatal("nothing was spilled")
	}
	if b, err = spilled.MarshalBinary(); err != nil {
		t.Fatal(err)
	}
	read, err := ReadTally(p, nil, b)
	if err != nil {
		t.Fatal(err)
	}
	overall, slices, err := spilled.end(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := closed(t, read), exact(overall)+exact(slices); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
