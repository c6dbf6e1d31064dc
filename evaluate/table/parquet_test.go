package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// smallFiles are the Parquet files of testdata.
func smallFiles(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.parquet")
	if err != nil || len(paths) < 15 {
		t.Fatalf("%d files in testdata (%v)", len(paths), err)
	}
	all := map[string][]byte{}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(p)] = b
	}
	return all
}

// everything opens a file and reads each column that has a reading, alone and with the others. It gives the rows.
func everything(ctx context.Context, name string, b []byte) (int64, error) {
	ta, err := Open(ctx, source(name, b))
	if err != nil {
		return 0, err
	}
	defer ta.Close()
	var all []Want
	for i, n := range ta.Names {
		switch ta.Types[i] {
		case Float64, Float32, Integer, Boolean, Text:
			all = append(all, Want{n, Value})
			got, err := ta.Load(ctx, all[len(all)-1:])
			if err != nil {
				return 0, err
			}
			if ta.Rows >= 0 && int64(got[0].length()) != ta.Rows {
				return 0, fmt.Errorf("%d rows of %s and the file says %d", got[0].length(), n, ta.Rows)
			}
		}
	}
	got, err := ta.Load(ctx, all)
	if err != nil {
		return 0, err
	}
	for _, c := range got {
		if c.length() != got[0].length() {
			return 0, fmt.Errorf("%d and %d rows", c.length(), got[0].length())
		}
	}
	for i := range all {
		all[i].As = Code
	}
	ta.part = 1 + ta.Rows/5
	codes, err := gathered(ctx, ta, all, 3)
	if err != nil {
		return 0, err
	}
	for i, c := range codes {
		if err := same(got[i], c); err != nil {
			return 0, err
		}
	}
	return ta.Rows, nil
}

// mutants is how many broken files are tried: as many as reliability.md's P20 measured other readers on.
const mutants = 1500

// A file of which bytes were changed never panics, never gives other than its rows, and makes the reader allocate no more than a bound.
func TestMutants(t *testing.T) {
	files := smallFiles(t)
	delete(files, "empty.parquet")
	rows := map[string]int64{}
	order := slices.Sorted(maps.Keys(files))
	for name, b := range files {
		n, err := everything(t.Context(), name, b)
		if err != nil {
			t.Fatal(err)
		}
		rows[name] = n
	}
	r := rand.New(rand.NewPCG(20, 1500))
	refused, read, panics, worst := 0, 0, 0, uint64(0)
	for i := range mutants {
		name := order[r.IntN(len(order))]
		b := bytes.Clone(files[name])
		footer := int(binary.LittleEndian.Uint32(b[len(b)-8:])) + 8
		for range 1 + r.IntN(3) {
			at := r.IntN(len(b))
			if r.IntN(2) == 0 {
				at = len(b) - 1 - r.IntN(footer)
			}
			switch r.IntN(3) {
			case 0:
				b[at] ^= 1 << r.IntN(8)
			case 1:
				b[at] = byte(r.IntN(256))
			case 2:
				b[at] = []byte{0, 0x7f, 0x80, 0xff}[r.IntN(4)]
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		n, err := everything(t.Context(), name, b)
		runtime.ReadMemStats(&after)
		worst = max(worst, after.TotalAlloc-before.TotalAlloc)
		var e *Error
		switch {
		case err == nil && n != rows[name]:
			t.Fatalf("mutant %d of %s: %d rows, not %d", i, name, n, rows[name])
		case err == nil:
			read++
		case !errors.As(err, &e) || e.Code == "":
			t.Fatalf("mutant %d of %s: %v is no *Error", i, name, err)
		default:
			refused++
			if strings.Contains(e.What, "cannot be decoded") {
				panics++
			}
		}
	}
	t.Logf("%d mutants: %d refused (%d by a recovered panic), %d read with all their rows; at most %d MB allocated for one", mutants, refused, panics, read, worst>>20)
	if refused < mutants/3 {
		t.Errorf("only %d mutants were refused", refused)
	}
	if worst > 256<<20 {
		t.Errorf("a file of under 60 kB made the reader allocate %d MB", worst>>20)
	}
}

// rewrite changes a file's footer.
func rewrite(t testing.TB, b []byte, change func(*metadata.FileMetaData)) []byte {
	t.Helper()
	length := int(binary.LittleEndian.Uint32(b[len(b)-8:]))
	meta, err := metadata.NewFileMetaData(b[len(b)-8-length:len(b)-8], nil)
	if err != nil {
		t.Fatal(err)
	}
	change(meta)
	footer, err := meta.Serialize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return withFooter(b[:len(b)-8-length], footer)
}

func withFooter(body, footer []byte) []byte {
	out := append(bytes.Clone(body), footer...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(footer)))
	return append(out, parquetMagic...)
}

// Footers that lie are refused, each in words that say what does not fit.
func TestLyingFooters(t *testing.T) {
	whole := smallFiles(t)["groups.parquet"]
	for name, c := range map[string]struct {
		change func(*metadata.FileMetaData)
		code   string
		want   string
	}{
		"fewer rows":         {func(m *metadata.FileMetaData) { m.NumRows = 299 }, codeRows, "row group 4 claims 69 rows of 299, 231 of them taken"},
		"more rows":          {func(m *metadata.FileMetaData) { m.NumRows = 301 }, codeRows, "its footer claims 301 rows and its row groups 300"},
		"negative rows":      {func(m *metadata.FileMetaData) { m.NumRows = -1 }, codeParquet, "claims -1 rows"},
		"very many rows":     {func(m *metadata.FileMetaData) { m.NumRows = 1 << 62 }, codeTooManyRows, "claims 4611686018427387904 rows"},
		"a group's rows":     {func(m *metadata.FileMetaData) { m.RowGroups[1].NumRows-- }, codeRows, "row group 2 claims 76 rows and the column 77 values"},
		"a group's negative": {func(m *metadata.FileMetaData) { m.RowGroups[0].NumRows = -77 }, codeRows, "claims -77 rows"},
		"two groups' rows":   {func(m *metadata.FileMetaData) { m.RowGroups[0].NumRows++; m.RowGroups[1].NumRows-- }, codeRows, "row group 1 claims 78 rows"},
		"no groups":          {func(m *metadata.FileMetaData) { m.RowGroups = nil }, codeRows, "its row groups 0"},
		"a column's values":  {func(m *metadata.FileMetaData) { m.RowGroups[2].Columns[1].MetaData.NumValues = 76 }, codeRows, "score: row group 3 claims 77 rows and the column 76 values"},
		"all of a group": {func(m *metadata.FileMetaData) {
			m.NumRows, m.RowGroups[3].NumRows = m.NumRows+5, m.RowGroups[3].NumRows+5
			for _, c := range m.RowGroups[3].Columns {
				c.MetaData.NumValues += 5
			}
		}, codeParquet, "row group 4"},
		"fewer in all of a group": {func(m *metadata.FileMetaData) {
			m.NumRows, m.RowGroups[3].NumRows = m.NumRows-5, m.RowGroups[3].NumRows-5
			for _, c := range m.RowGroups[3].Columns {
				c.MetaData.NumValues -= 5
			}
		}, codeParquet, "row group 4"},
		"a size":          {func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = 1 << 40 }, codeParquet, "1099511627776 bytes from byte"},
		"a negative size": {func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = -1 }, codeParquet, "-1 bytes from byte"},
		"a huge offset": {func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[0].MetaData.DataPageOffset = 1<<63 - 1
			m.RowGroups[0].Columns[0].MetaData.DictionaryPageOffset = nil
		}, codeParquet, "do not lie between"},
		"a negative offset": {func(m *metadata.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = -9 }, codeParquet, "do not lie between"},
		"sizes that add up": {func(m *metadata.FileMetaData) {
			for _, g := range m.RowGroups {
				for _, c := range g.Columns {
					c.MetaData.DataPageOffset, c.MetaData.DictionaryPageOffset, c.MetaData.TotalCompressedSize = 4, nil, 4000
				}
			}
		}, codeParquet, "its columns claim more bytes than the"},
		"another's offset": {func(m *metadata.FileMetaData) {
			a, b := m.RowGroups[0].Columns[1].MetaData, m.RowGroups[1].Columns[1].MetaData
			a.DataPageOffset, a.DictionaryPageOffset = b.DataPageOffset+1, nil
		}, codeParquet, "score: broken Parquet: row group 1: page at byte"},
		"a column less": {func(m *metadata.FileMetaData) { m.RowGroups[0].Columns = m.RowGroups[0].Columns[:3] }, codeParquet, "row group 1 has 3 columns and the schema 6"},
		"another type": {func(m *metadata.FileMetaData) {
			m.RowGroups[0].Columns[1].MetaData.Type = m.RowGroups[0].Columns[0].MetaData.Type
		}, codeParquet, "stored as INT64 and the schema says DOUBLE"},
		"another file":     {func(m *metadata.FileMetaData) { s := "/etc/passwd"; m.RowGroups[0].Columns[0].FilePath = &s }, codeParquet, `in another file, "/etc/passwd"`},
		"two names":        {func(m *metadata.FileMetaData) { m.FileMetaData.Schema[2].Name = "id" }, codeHeader, "columns 1 and 2 have this name"},
		"no name":          {func(m *metadata.FileMetaData) { m.FileMetaData.Schema[2].Name = "" }, codeHeader, "column 2 of 6 has no name"},
		"children":         {func(m *metadata.FileMetaData) { n := int32(1<<31 - 1); m.FileMetaData.Schema[0].NumChildren = &n }, codeParquet, "claims 2147483647 children of 7 elements"},
		"fewer children":   {func(m *metadata.FileMetaData) { n := int32(5); m.FileMetaData.Schema[0].NumChildren = &n }, codeParquet, "belongs to none"},
		"a child too many": {func(m *metadata.FileMetaData) { n := int32(1); m.FileMetaData.Schema[6].NumChildren = &n }, codeParquet, "its schema lacks 1 elements"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := everything(t.Context(), "x.parquet", rewrite(t, whole, c.change))
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s with %q", err, c.code, c.want)
			}
		})
	}
}

// Messages that claim more than they hold are refused before anything is built of them.
func TestFootersThatClaimMemory(t *testing.T) {
	body := []byte(parquetMagic)
	deep := []byte{0x15, 2, 0x19, 0xfc, 0xe8, 0x07} // version 1, then a list of 1000 schema elements
	for range 1000 {
		deep = append(deep, 0x48, 1, 'x', 0x15, 2, 0) // name "x", one child
	}
	deep = append(deep, 0)
	for name, c := range map[string]struct {
		footer []byte
		want   string
	}{
		"row groups":  {[]byte{0x15, 2, 0x19, 0x1c, 0x48, 1, 'x', 0, 0x16, 0, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07}, "a list claims 2147483647 elements and 0 bytes are left"},
		"a name":      {[]byte{0x15, 2, 0x19, 0x1c, 0x48, 0xff, 0xff, 0xff, 0xff, 0x07}, "it ends too early"},
		"depth":       {deep, "its schema nests deeper than 64"},
		"structs":     {bytes.Repeat([]byte{0x1c}, 1<<20), "it nests deeper than 32"},
		"no schema":   {[]byte{0x15, 2, 0}, "it has no schema"},
		"nothing":     {nil, "it ends too early"},
		"a long int":  {append([]byte{0x15}, bytes.Repeat([]byte{0xff}, 11)...), "more than 64 bits"},
		"a type":      {[]byte{0x1e}, "unknown type 14"},
		"a map":       {[]byte{0x1b, 0xff, 0xff, 0xff, 0xff, 0x07, 0x55}, "a list claims 2147483647 elements"},
		"a big count": {[]byte{0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f}, "a count of 4294967295"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), source("x.parquet", withFooter(body, c.footer)))
			var e *Error
			if !errors.As(err, &e) || e.Code != codeParquet || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
	long := withFooter(body, make([]byte, maxFooter+1))
	if _, err := Open(t.Context(), source("x.parquet", long)); err == nil || !strings.Contains(err.Error(), "its footer has 8388609 bytes, more than 8388608") {
		t.Errorf("a long footer: %v", err)
	}
	beyond := append(bytes.Clone(body), 0xff, 0xff, 0xff, 0x7f)
	if _, err := Open(t.Context(), source("x.parquet", append(beyond, parquetMagic...))); err == nil || !strings.Contains(err.Error(), "its footer claims 2147483647 bytes, and the file has 12") {
		t.Errorf("a footer beyond the file: %v", err)
	}
}

// Pages that unpack to more than they claim, and delta blocks that would be allocated before they are read, are refused.
func TestPagesThatClaimMemory(t *testing.T) {
	frame := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0xf0, 0, 0, 0, 1, 0, 0} // zstd: one segment of 1 TB, an empty block
	p := &pages{codec: 6}
	if p.codec.String() != "ZSTD" {
		t.Fatalf("codec 6 is %v", p.codec)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := p.unpack(frame, 100); err == nil {
		t.Error("a zstd frame that claims a terabyte was unpacked")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
		t.Errorf("%d MB allocated for a frame of 16 bytes", n>>20)
	}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"block":      {[]byte{0x80, 0xff, 0xff, 0xff, 0x0f, 1, 4, 2}, "blocks of 4294967168 values in 1 parts"},
		"no parts":   {[]byte{0x80, 1, 0, 4, 2}, "blocks of 128 values in 0 parts"},
		"odd parts":  {[]byte{0x80, 1, 3, 4, 2}, "blocks of 128 values in 3 parts"},
		"no values":  {[]byte{0, 1, 4, 2}, "blocks of 0 values"},
		"cut":        {[]byte{0x80, 1, 4}, "cut off"},
		"cut blocks": {[]byte{0x80, 1, 4, 10, 2, 2, 64, 64, 64}, "cut off"},
		"cut parts":  {[]byte{0x80, 1, 4, 10, 2, 2, 64, 64, 64, 64, 1}, "cut off"},
		"nothing":    {nil, "cut off"},
	} {
		if _, err := deltaRun(c.b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// The same where they stand in a page.
func TestPagesAreChecked(t *testing.T) {
	codec, err := compress.GetCodec(compress.Codecs.Zstd)
	if err != nil {
		t.Fatal(err)
	}
	large := codec.Encode(nil, make([]byte, 64<<20))
	deltas := []byte{0x80, 0xff, 0xff, 0xff, 0x0f, 1, 20, 2, 0, 0}
	prefixes := append([]byte{0x80, 1, 4, 0, 0}, deltas...)
	optional := func(b []byte) []byte { return append([]byte{2, 0, 0, 0, 20, 1}, b...) }
	for name, c := range map[string]struct {
		h    pageHeader
		p    pages
		b    []byte
		want string
	}{
		"deltas":            {pageHeader{kind: dataPage, encoding: parquet.Encodings.DeltaBinaryPacked, unpacked: 10}, pages{}, deltas, "blocks of 4294967168 values"},
		"optional deltas":   {pageHeader{kind: dataPage, encoding: parquet.Encodings.DeltaBinaryPacked, unpacked: 16, defs: parquet.Encodings.RLE}, pages{optional: true}, optional(deltas), "blocks of 4294967168 values"},
		"lengths":           {pageHeader{kind: dataPageV2, encoding: parquet.Encodings.DeltaLengthByteArray, unpacked: 10, plain: true}, pages{}, deltas, "blocks of 4294967168 values"},
		"texts' lengths":    {pageHeader{kind: dataPage, encoding: parquet.Encodings.DeltaByteArray, unpacked: 15}, pages{}, prefixes, "blocks of 4294967168 values"},
		"more than it says": {pageHeader{kind: dataPage, unpacked: 1000}, pages{codec: compress.Codecs.Zstd}, large, "another size than the 1000 bytes"},
		"far more, zstd":    {pageHeader{kind: dataPage, unpacked: 250 << 20}, pages{codec: compress.Codecs.Zstd}, codec.Encode(nil, make([]byte, 1000)), "another size than the 262144000 bytes"},
		"far more, snappy":  {pageHeader{kind: dataPage, unpacked: 250 << 20}, pages{codec: compress.Codecs.Snappy}, append(binary.AppendUvarint(nil, 250<<20), 0), "another size than the 262144000 bytes"},
		"far more, lz4":     {pageHeader{kind: dataPage, unpacked: 250 << 20}, pages{codec: compress.Codecs.Lz4Raw}, make([]byte, 100), "another size than the 262144000 bytes"},
		"less":              {pageHeader{kind: dataPage, unpacked: 1001}, pages{codec: compress.Codecs.Zstd}, codec.Encode(nil, make([]byte, 1000)), "another size than the 1001 bytes"},
		"snappy":            {pageHeader{kind: dataPage, unpacked: 10}, pages{codec: compress.Codecs.Snappy}, []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}, "another size than the 10 bytes"},
		"old levels":        {pageHeader{kind: dataPage, unpacked: 10, defs: parquet.Encodings.BitPacked}, pages{optional: true}, deltas, "which is not read"},
		"cut levels":        {pageHeader{kind: dataPage, unpacked: 10, defs: parquet.Encodings.RLE}, pages{optional: true}, deltas, "its levels are cut off"},
		"a codec":           {pageHeader{kind: dataPage, unpacked: 10}, pages{codec: compress.Codecs.Lzo}, deltas, "is not known"},
		"a kind":            {pageHeader{kind: 9, unpacked: 10}, pages{}, deltas, "unknown kind 9"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		pg, err := c.p.open(c.h, c.b)
		if err == nil {
			ch := chunk{}
			ch.column.reading = readTexts
			if c.h.encoding == parquet.Encodings.DeltaBinaryPacked {
				ch.column.reading = reading{width: 8, bits: (*cells).unsigned}
			}
			ch.pages.optional = c.p.optional
			err = ch.begin(pg)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
			t.Errorf("%s: %d MB allocated", name, n>>20)
		}
	}
	p := pages{rows: 10, end: 100}
	for want, h := range map[string]pageHeader{
		"it claims 101 bytes and the column has 100 left": {packed: 101},
		"it claims -1 bytes":                              {packed: -1},
		"10 bytes, -1 unpacked":                           {packed: 10, unpacked: -1},
		"10 bytes, 268435457 unpacked":                    {packed: 10, unpacked: maxPage + 1},
		"it claims -1 values":                             {values: -1},
		"it claims 11 values, and the column has 10":      {values: 11},
		"it claims 0 values":                              {values: 0},
		"dictionary claims 81 values in 10 bytes":         {kind: dictionaryPage, values: 81, unpacked: 10},
		"it claims 9 rows and 10 values":                  {kind: dataPageV2, values: 10, rows: 9},
		"it claims 11 missing of 10 values":               {kind: dataPageV2, values: 10, rows: 10, nulls: 11},
		"it claims 9 and 2 bytes of levels in 10":         {kind: dataPageV2, values: 10, rows: 10, packed: 10, unpacked: 20, defBytes: 9, repBytes: 2},
		"it claims -1 and 0 bytes of levels":              {kind: dataPageV2, values: 10, rows: 10, packed: 10, unpacked: 20, defBytes: -1},
	} {
		if err := h.check(&p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// Values are held against rows, levels and dictionaries, whatever a page says of them.
func TestChunkHoldsValuesAgainstLevels(t *testing.T) {
	eight := func(n int) []byte { return make([]byte, 8*n) }
	plain, coded := parquet.Encodings.Plain, parquet.Encodings.RLEDict
	for want, c := range map[string]struct {
		optional bool
		p        page
	}{
		"its values are cut off":                        {true, page{levels: []byte{3, 0b101}, body: eight(1)}},
		"8 bytes are left behind its last value":        {true, page{levels: []byte{3, 0b101}, body: eight(3)}},
		"its values are cut off (2)":                    {false, page{body: eight(2)}},
		"8 bytes are left behind its last value (2)":    {false, page{body: eight(4)}},
		"its runs are cut off":                          {true, page{levels: []byte{4, 1}, body: eight(2)}},
		"a run of 2, which has more than 1 bits":        {true, page{levels: []byte{6, 2}, body: eight(2)}},
		"1 values fewer are there than it claims":       {true, page{pageHeader: pageHeader{kind: dataPageV2}, levels: []byte{3, 0b101}, body: eight(2)}},
		"more values are there than it claims":          {true, page{pageHeader: pageHeader{kind: dataPageV2, nulls: 2}, levels: []byte{3, 0b101}, body: eight(2)}},
		"it claims 1 missing values where none may be":  {false, page{pageHeader: pageHeader{kind: dataPageV2, nulls: 1}, body: eight(3)}},
		"a value has the number 2 in a dictionary of 2": {false, page{pageHeader: pageHeader{encoding: coded}, body: []byte{2, 6, 2}}},
		"its numbers of a dictionary have 33 bits":      {false, page{pageHeader: pageHeader{encoding: coded}, body: []byte{33, 6, 2}}},
		"its runs are cut off (2)":                      {false, page{pageHeader: pageHeader{encoding: coded}, body: []byte{2, 4, 1}}},
		"its runs are cut off (3)":                      {false, page{pageHeader: pageHeader{encoding: coded}, body: []byte{2, 3}}},
		"its runs are cut off (4)":                      {false, page{pageHeader: pageHeader{encoding: coded}, body: []byte{2, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}}},
		"the encoding RLE, which is not read":           {false, page{pageHeader: pageHeader{encoding: parquet.Encodings.RLE}, body: eight(3)}},
		"its values are cut off (3)":                    {false, page{pageHeader: pageHeader{encoding: parquet.Encodings.ByteStreamSplit}, body: eight(2)}},
		"numbers of a dictionary, and there is none":    {false, page{pageHeader: pageHeader{encoding: coded, kind: 99}, body: []byte{2, 6, 1}}},
		"its pages have ended before its rows":          {false, page{pageHeader: pageHeader{values: -1}}},
	} {
		ch := chunk{column: parquetColumn{reading: reading{width: 8, bits: (*cells).unsigned, bulk: exact}}}
		ch.pages.optional = c.optional
		to := newCells(Want{Name: "x"}, Integer)
		if c.p.kind == 99 {
			c.p.kind = dataPage
		} else if err := ch.learn(page{pageHeader: pageHeader{values: 2, encoding: plain}, body: eight(2)}, to); err != nil {
			t.Fatal(err)
		}
		var err error
		if c.p.values == 0 {
			c.p.values = 3
			err = ch.begin(c.p)
		}
		if err == nil {
			err = ch.fill(to, 3)
		}
		if err == nil || !strings.Contains(err.Error(), strings.Split(want, " (")[0]) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for want, d := range map[string]page{
		"its values are cut off":       {pageHeader: pageHeader{values: 3, encoding: plain}, body: eight(2)},
		"a dictionary in the encoding": {pageHeader: pageHeader{values: 2, encoding: coded}, body: eight(2)},
		"a second dictionary":          {pageHeader: pageHeader{values: 2, encoding: plain}, body: eight(2)},
	} {
		ch := chunk{column: parquetColumn{reading: reading{width: 8, bits: (*cells).unsigned}}}
		ch.dictionary.had = strings.Contains(want, "second")
		if err := ch.learn(d, newCells(Want{Name: "x"}, Integer)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A dictionary of values that are none costs no more than another.
func TestDictionaryOfNothing(t *testing.T) {
	const n = 1 << 19
	body := bytes.Repeat([]byte{0, 0, 0, 0, 0, 0, 0xf8, 0x7f}, n) // NaN
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ch := chunk{column: parquetColumn{reading: reading{width: 8, bits: func(to *cells, x uint64) { to.float(math.Float64frombits(x), 64) }}}}
	to := newCells(Want{Name: "x", As: Value}, Float64)
	if err := ch.learn(page{pageHeader: pageHeader{values: n, encoding: parquet.Encodings.Plain}, body: body}, to); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(ch.begin(page{pageHeader: pageHeader{values: 9, encoding: parquet.Encodings.RLEDict}, body: []byte{19, 18, 7, 0, 0}}), ch.fill(to, 9)); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if c := to.take(); c.Len() != 9 || !c.Missing[8] {
		t.Errorf("got %v", c)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 128<<20 {
		t.Errorf("%d MB allocated", n>>20)
	}
}

// A page without values may have no bytes, in any encoding.
func TestPageOfNothing(t *testing.T) {
	for _, e := range []parquet.Encoding{parquet.Encodings.Plain, parquet.Encodings.RLEDict, parquet.Encodings.DeltaBinaryPacked, parquet.Encodings.DeltaByteArray, parquet.Encodings.ByteStreamSplit} {
		for _, r := range []reading{readTexts, {width: 8, bits: (*cells).unsigned}} {
			ch := chunk{column: parquetColumn{reading: r}}
			ch.pages.optional = true
			to := newCells(Want{Name: "x", As: Code}, Text)
			if err := errors.Join(ch.begin(page{pageHeader: pageHeader{values: 9, encoding: e}, levels: []byte{18, 0}}), ch.fill(to, 9)); err != nil {
				t.Errorf("%v: %v", e, err)
			}
			if c := to.take(); c.Len() != 9 || c.Codes[8] != 0 || len(c.Dictionary) != 0 {
				t.Errorf("%v: got %v", e, c)
			}
		}
	}
}

// Packed values of every width come out as they were put in, from wherever the reading begins.
func TestHybrid(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for width := uint(0); width <= 32; width++ {
		for range 20 {
			var b []byte
			var want []uint32
			for range 1 + r.IntN(5) {
				x := func() uint32 { return uint32(r.Uint64() & (1<<width - 1)) }
				if r.IntN(2) == 0 {
					n, v := r.IntN(100), x()
					b = binary.AppendUvarint(b, uint64(n)<<1)
					b = append(b, binary.LittleEndian.AppendUint32(nil, v)[:(width+7)/8]...)
					for range n {
						want = append(want, v)
					}
					continue
				}
				groups := 1 + r.IntN(6)
				packed := make([]byte, groups*int(width)+4)
				for i := range 8 * groups {
					v := x()
					want = append(want, v)
					for k := range width {
						bit := uint(i)*width + k
						packed[bit/8] |= byte(v>>k&1) << (bit % 8)
					}
				}
				b = append(binary.AppendUvarint(b, uint64(groups)<<1|1), packed[:groups*int(width)]...)
			}
			var h hybrid
			h.reset(b, width)
			got := make([]uint32, len(want))
			for at := 0; at < len(got); {
				n := min(1+r.IntN(40), len(got)-at)
				if v, ok := h.same(n); ok && slices.ContainsFunc(want[at:at+n], func(x uint32) bool { return x != v }) {
					t.Fatalf("width %d: %d values from %d on are said to be %d: %v", width, n, at, v, want[at:at+n])
				}
				if err := h.next(got[at : at+n]); err != nil {
					t.Fatalf("width %d: %v", width, err)
				}
				at += n
			}
			if !slices.Equal(got, want) {
				t.Fatalf("width %d: got %v, want %v", width, got, want)
			}
			if err := h.next(make([]uint32, 8)); err == nil && width > 0 {
				t.Fatalf("width %d: more values than there are", width)
			}
		}
	}
}

// A footer that leaves out a page of every column, and its rows, is refused: bytes are left.
func TestPagesLeftOut(t *testing.T) {
	b := rewrite(t, smallFiles(t)["pages-small.parquet"], func(m *metadata.FileMetaData) {
		m.NumRows, m.RowGroups[0].NumRows = 288, 288 // 18 batches of 16
		for _, c := range m.RowGroups[0].Columns {
			c.MetaData.NumValues = 288
		}
	})
	ta, err := Open(t.Context(), source("x.parquet", b))
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, n := range ta.Names {
		if _, err := ta.Load(t.Context(), []Want{{n, Value}}); err == nil {
			t.Errorf("%s: read", n)
		} else if strings.Contains(err.Error(), "bytes are left behind its last row") {
			left++
		}
	}
	if left == 0 {
		t.Error("no column whose pages end where the rows do: the test shows nothing")
	}
}

// A checksum that does not fit is told, where the writer left one.
func TestChecksum(t *testing.T) {
	b := bytes.Clone(smallFiles(t)["checksums.parquet"])
	b[len(b)/4] ^= 1
	if _, err := everything(t.Context(), "x.parquet", b); err == nil || !strings.Contains(err.Error(), "its checksum is another") {
		t.Fatalf("got %v", err)
	}
}

func FuzzParquet(f *testing.F) {
	for _, b := range smallFiles(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := everything(t.Context(), "x.parquet", b)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v is no *Error", err)
		}
	})
}
