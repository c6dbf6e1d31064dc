package evaluate

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/gatecard/gatecard/evaluate/sweep"
	"github.com/gatecard/gatecard/evidence"
)

// datasetOfIDs is a digest of ids and labels in any order: the same for every model that was scored on these rows.
func datasetOfIDs(ids []string, label func(i int) uint8) evidence.Digest {
	return digestOfIDs(fmt.Sprintf("gatecard dataset v1 %d\n", len(ids)), ids, func(b []byte, i int) []byte { return append(b, label(i)) })
}

// digestOfIDs is one of ids in any order, each with what is appended to it, behind a header.
func digestOfIDs(header string, ids []string, with func(b []byte, i int) []byte) evidence.Digest {
	lines := make([]string, len(ids))
	for i, id := range ids {
		b := binary.AppendUvarint(make([]byte, 0, len(id)+12), uint64(len(id)))
		lines[i] = string(with(append(b, id...), i))
	}
	slices.Sort(lines)
	h := sha256.New()
	h.Write([]byte(header))
	for _, l := range lines {
		h.Write([]byte(l))
	}
	return evidence.Digest("sha256:" + hex.EncodeToString(h.Sum(nil)))
}

// orderedDataset makes the digest of rows without ids: of their labels and groups, in file order. Rows come from any goroutine, in any order: they are
// gathered to blocks, and the digest is that of the blocks' own.
type orderedDataset struct {
	n         int64
	canonical []uint32 // of each cell: its number by the order of its texts
	header    []byte
	width     int // bytes of a number
	truth     int // of a task that is not binary: where the truths stand among the rows' numbers; −1: the cells say all
	code      func(truth float64) uint64

	lock   sync.Mutex
	open   map[int64]*openBlock
	blocks [][sha256.Size]byte
}

type openBlock struct {
	bytes []byte
	left  int
}

// blockRows is how many rows are hashed together.
const blockRows = 1 << 16

// newOrderedDataset begins with the combinations of groups: for each grouping the texts of its codes, and the codes of each combination.
func newOrderedDataset(n int64, texts [][]string, combinations [][]uint32) *orderedDataset {
	d := &orderedDataset{n: n, truth: -1, open: map[int64]*openBlock{}, canonical: make([]uint32, 2*len(combinations)), blocks: make([][sha256.Size]byte, (n+blockRows-1)/blockRows)}
	if d.width = 2; len(d.canonical) > math.MaxUint16 {
		d.width = 4
	}
	// codes were given as rows came: their texts' order is the same whoever came first
	rank := make([][]uint32, len(texts))
	for k, of := range texts {
		rank[k] = make([]uint32, len(of))
		for i, code := range sorted(len(of), func(a, b int) int { return strings.Compare(of[a], of[b]) }) {
			rank[k][code] = uint32(i)
		}
	}
	order := sorted(len(combinations), func(a, b int) int {
		for k := range rank {
			if c := cmp.Compare(rank[k][combinations[a][k]], rank[k][combinations[b][k]]); c != 0 {
				return c
			}
		}
		return 0
	})
	for number, i := range order {
		for k, code := range combinations[i] {
			t := texts[k][code]
			d.header = append(binary.AppendUvarint(d.header, uint64(len(t))), t...)
		}
		for label := range 2 {
			d.canonical[2*i+label] = uint32(2*number + label)
		}
	}
	return d
}

// sorted gives the numbers below n in an order.
func sorted(n int, order func(a, b int) int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	slices.SortFunc(all, order)
	return all
}

// add takes rows, of which first is the number of the first, from 0.
func (d *orderedDataset) add(first int64, in sweep.Rows) {
	cells, row := in.Cell, d.width
	var truths []float64
	if d.truth >= 0 {
		truths, row = in.Numbers[d.truth], d.width+8
	}
	for len(cells) > 0 {
		block := first / blockRows
		at := int(first % blockRows)
		k := min(blockRows-at, len(cells))
		d.lock.Lock()
		o := d.open[block]
		if o == nil {
			size := int(min(blockRows, d.n-block*blockRows))
			o = &openBlock{make([]byte, row*size), size}
			d.open[block] = o
		}
		d.lock.Unlock()
		if bytes := o.bytes[row*at:]; d.width == 2 {
			for i, c := range cells[:k] {
				binary.LittleEndian.PutUint16(bytes[row*i:], uint16(d.canonical[c]))
			}
		} else {
			for i, c := range cells[:k] {
				binary.LittleEndian.PutUint32(bytes[row*i:], d.canonical[c])
			}
		}
		if d.truth >= 0 {
			for i, y := range truths[:k] {
				binary.LittleEndian.PutUint64(o.bytes[row*(at+i)+d.width:], d.code(y))
			}
			truths = truths[k:]
		}
		d.lock.Lock()
		if o.left -= k; o.left == 0 {
			delete(d.open, block)
			d.lock.Unlock()
			sum := sha256.Sum256(o.bytes)
			d.lock.Lock()
			d.blocks[block] = sum
		}
		d.lock.Unlock()
		first, cells = first+int64(k), cells[k:]
	}
}

func (d *orderedDataset) digest() evidence.Digest {
	h := sha256.New()
	fmt.Fprintf(h, "gatecard ordered dataset v1 %d %d\n", d.n, len(d.canonical)/2)
	h.Write(d.header)
	for _, b := range d.blocks {
		h.Write(b[:])
	}
	return evidence.Digest("sha256:" + hex.EncodeToString(h.Sum(nil)))
}
