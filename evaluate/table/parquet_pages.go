package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
)

// maxPage bounds one page, packed and unpacked. Writers aim at 1 MiB.
const maxPage = 256 << 20

// maxPageHeader bounds a page's header; only its statistics can be long.
const maxPageHeader = 1 << 20

// maxDeltaBlock bounds the values of a block of delta encoding, which the decoder allocates. Writers use 128 or a few thousand.
const maxDeltaBlock = 1 << 16

// pages reads one column's pages in one row group, in the caller's goroutine. It is ours and not arrow-go's since that one unpacks a page
// as large as its packed bytes claim to be, 64 GiB with zstd, before it compares: here every claim of a header is checked first, and no more
// is unpacked than the header said.
type pages struct {
	from     io.ReaderAt
	at, end  int64
	rows     int64 // that should come
	had      int64
	codec    compress.Compression
	optional bool // cells may be missing
	page     file.Page
	err      error
}

// pageHeader is what Parquet's PageHeader says.
type pageHeader struct {
	kind, unpacked, packed int64
	crc                    *uint32
	values                 int64
	encoding               parquet.Encoding
	defs, reps             parquet.Encoding // of levels, in data pages of the first kind
	rows, nulls            int64            // in data pages of the second kind, as the rest
	defBytes, repBytes     int64
	plain                  bool // not packed
}

// The kinds of pages.
const (
	dataPage       = 0
	indexPage      = 1
	dictionaryPage = 2
	dataPageV2     = 3
)

func newPages(from io.ReaderAt, f footer, c *metadata.ColumnChunkMetaData, optional bool) (*pages, error) {
	at, length, err := f.chunk(c)
	if err != nil {
		return nil, err
	}
	return &pages{from: from, at: at, end: at + length, rows: c.NumValues(), codec: c.Compression(), optional: optional}, nil
}

// Next reads the next page that has a use. arrow-go's column reader calls it.
func (p *pages) Next() bool {
	p.page = nil
	for p.err == nil && p.page == nil && p.had < p.rows {
		p.err = p.next()
	}
	return p.err == nil && p.page != nil
}

func (p *pages) next() error {
	h, size, err := p.header()
	if err != nil {
		return fmt.Errorf("page header at byte %d: %w", p.at, err)
	}
	where := p.at
	p.at += int64(size)
	if err := h.check(p); err != nil {
		return fmt.Errorf("page at byte %d: %w", where, err)
	}
	packed := make([]byte, h.packed)
	if _, err := p.from.ReadAt(packed, p.at); err != nil {
		return err
	}
	p.at += h.packed
	if h.crc != nil && crc32.ChecksumIEEE(packed) != *h.crc {
		return fmt.Errorf("page at byte %d: its checksum is another", where)
	}
	if err := p.open(h, packed); err != nil {
		return fmt.Errorf("page at byte %d: %w", where, err)
	}
	return nil
}

// header reads the header at p.at, and says how long it is.
func (p *pages) header() (pageHeader, int, error) {
	for window := int64(4 << 10); ; window *= 16 {
		buf := make([]byte, min(window, p.end-p.at))
		if _, err := p.from.ReadAt(buf, p.at); err != nil {
			return pageHeader{}, 0, err
		}
		h := pageHeader{}
		c := compact{bytes: buf, field: h.field}
		err := c.message()
		if errors.Is(err, errShort) && int64(len(buf)) < p.end-p.at && window < maxPageHeader {
			continue
		}
		return h, c.at, err
	}
}

func (h *pageHeader) field(path []int16, x int64) {
	set := func(to *int64, path ...int16) func([]int16) { return func(p []int16) { assign(to, p, path, x) } }
	for _, try := range []func([]int16){
		set(&h.kind, 1), set(&h.unpacked, 2), set(&h.packed, 3),
		set(&h.values, 5, 1), set(&h.values, 7, 1), set(&h.values, 8, 1),
		set(&h.nulls, 8, 2), set(&h.rows, 8, 3), set(&h.defBytes, 8, 5), set(&h.repBytes, 8, 6),
	} {
		try(path)
	}
	switch {
	case slices.Equal(path, []int16{4}):
		crc := uint32(x)
		h.crc = &crc
	case slices.Equal(path, []int16{5, 2}), slices.Equal(path, []int16{7, 2}), slices.Equal(path, []int16{8, 4}):
		h.encoding = parquet.Encoding(x)
	case slices.Equal(path, []int16{5, 3}):
		h.defs = parquet.Encoding(x)
	case slices.Equal(path, []int16{5, 4}):
		h.reps = parquet.Encoding(x)
	case slices.Equal(path, []int16{8, 7}):
		h.plain = x == 0
	}
}

func assign(to *int64, got, want []int16, x int64) {
	if slices.Equal(got, want) {
		*to = x
	}
}

// check holds a header's claims against the column.
func (h pageHeader) check(p *pages) error {
	switch {
	case h.packed < 0 || h.packed > p.end-p.at:
		return fmt.Errorf("it claims %d bytes and the column has %d left", h.packed, p.end-p.at)
	case h.packed > maxPage || h.unpacked < 0 || h.unpacked > maxPage:
		return fmt.Errorf("it claims %d bytes, %d unpacked; %d are the most", h.packed, h.unpacked, int64(maxPage))
	case h.values < 0 || h.values > 1<<31-1:
		return fmt.Errorf("it claims %d values", h.values)
	}
	switch h.kind {
	case dictionaryPage:
		if h.values > 8*h.unpacked {
			return fmt.Errorf("its dictionary claims %d values in %d bytes", h.values, h.unpacked)
		}
	case dataPage, dataPageV2:
		if h.values == 0 || h.values > p.rows-p.had {
			return fmt.Errorf("it claims %d values, and the column has %d of %d left", h.values, p.rows-p.had, p.rows)
		}
	}
	if h.kind == dataPageV2 {
		switch {
		case h.rows != h.values:
			return fmt.Errorf("it claims %d rows and %d values", h.rows, h.values)
		case h.nulls < 0 || h.nulls > h.values:
			return fmt.Errorf("it claims %d missing of %d values", h.nulls, h.values)
		case h.defBytes < 0 || h.repBytes < 0 || h.defBytes > min(h.packed, h.unpacked) || h.repBytes > min(h.packed, h.unpacked)-h.defBytes:
			return fmt.Errorf("it claims %d and %d bytes of levels in %d", h.defBytes, h.repBytes, h.packed)
		case h.defBytes > 1<<31-1 || h.repBytes > 1<<31-1:
			return fmt.Errorf("it claims %d and %d bytes of levels", h.defBytes, h.repBytes)
		}
	}
	return nil
}

// open unpacks a page.
func (p *pages) open(h pageHeader, packed []byte) error {
	values := int32(h.values)
	switch h.kind {
	case dictionaryPage:
		data, err := p.unpack(packed, h.unpacked)
		if err != nil {
			return err
		}
		p.page = file.NewDictionaryPage(memory.NewBufferBytes(data), values, h.encoding)
	case dataPage:
		data, err := p.unpack(packed, h.unpacked)
		if err != nil {
			return err
		}
		body := data
		if p.optional {
			if h.defs != parquet.Encodings.RLE {
				return fmt.Errorf("its levels are in the encoding %v, which is not read", h.defs)
			}
			if len(body) < 4 || int64(binary.LittleEndian.Uint32(body)) > int64(len(body)-4) {
				return errors.New("its levels are cut off")
			}
			body = body[4+binary.LittleEndian.Uint32(body):]
		}
		if err := checkDelta(h.encoding, body); err != nil {
			return err
		}
		p.had += h.values
		p.page = file.NewDataPageV1(memory.NewBufferBytes(data), values, h.encoding, h.defs, h.reps, int32(h.unpacked))
	case dataPageV2:
		levels := h.defBytes + h.repBytes
		body := packed[levels:]
		if !h.plain {
			var err error
			if body, err = p.unpack(body, h.unpacked-levels); err != nil {
				return err
			}
		}
		if int64(len(body)) != h.unpacked-levels {
			return fmt.Errorf("it holds %d bytes and claims %d", int64(len(body))+levels, h.unpacked)
		}
		if err := checkDelta(h.encoding, body); err != nil {
			return err
		}
		p.had += h.values
		p.page = file.NewDataPageV2(memory.NewBufferBytes(append(packed[:levels:levels], body...)), values, int32(h.nulls), int32(h.rows), h.encoding, int32(h.defBytes), int32(h.repBytes), int32(h.unpacked), false)
	case indexPage:
	default:
		return fmt.Errorf("it is of the unknown kind %d", h.kind)
	}
	return nil
}

// unpack gives exactly so many bytes, or an error, and never allocates more than a few blocks beyond.
func (p *pages) unpack(packed []byte, size int64) ([]byte, error) {
	switch p.codec {
	case compress.Codecs.Uncompressed:
		if int64(len(packed)) != size {
			return nil, fmt.Errorf("it holds %d bytes and claims %d", len(packed), size)
		}
		return packed, nil
	case compress.Codecs.Snappy:
		if n, read := binary.Uvarint(packed); read <= 0 || int64(n) != size {
			return nil, fmt.Errorf("it unpacks to another size than the %d bytes that it claims", size)
		}
		return p.block(packed, size)
	case compress.Codecs.Lz4Raw:
		return p.block(packed, size)
	case compress.Codecs.Gzip, compress.Codecs.Zstd, compress.Codecs.Brotli:
		return p.stream(packed, size)
	}
	return nil, fmt.Errorf("its compression %v is not known", p.codec)
}

// block unpacks at once, into memory of the size that was claimed.
func (p *pages) block(packed []byte, size int64) ([]byte, error) {
	codec, err := compress.GetCodec(p.codec)
	if err != nil {
		return nil, err
	}
	data, err := compress.Decode(codec, make([]byte, size), packed)
	if err != nil {
		return nil, err
	}
	if int64(len(data)) != size {
		return nil, fmt.Errorf("it unpacks to %d bytes and claims %d", len(data), size)
	}
	return data, nil
}

// stream unpacks piece by piece, and stops where there is more than was claimed.
func (p *pages) stream(packed []byte, size int64) ([]byte, error) {
	codec, err := compress.GetCodec(p.codec)
	if err != nil {
		return nil, err
	}
	streams, ok := codec.(compress.StreamingCodec)
	if !ok {
		return nil, fmt.Errorf("its compression %v has no reader", p.codec)
	}
	if len(packed) == 0 && size == 0 {
		return nil, nil
	}
	r := streams.NewReader(bytes.NewReader(packed))
	var data bytes.Buffer // grows with what comes, not with what is claimed
	n, err := io.Copy(&data, io.LimitReader(r, size+1))
	if shut := r.Close(); err == nil {
		err = shut
	}
	if err != nil {
		return nil, err
	}
	if n != size {
		return nil, fmt.Errorf("it unpacks to another size than the %d bytes that it claims", size)
	}
	return data.Bytes(), nil
}

// checkDelta holds delta encodings' block sizes against the bound: the decoder allocates a block before it reads one. Texts in deltas begin
// with a run of prefix lengths; the lengths of their other parts come behind it, at a place that only decoding tells, so the runs are walked.
func checkDelta(e parquet.Encoding, body []byte) error {
	switch e {
	case parquet.Encodings.DeltaBinaryPacked, parquet.Encodings.DeltaLengthByteArray:
		_, err := deltaRun(body)
		return err
	case parquet.Encodings.DeltaByteArray:
		n, err := deltaRun(body)
		if err != nil {
			return err
		}
		_, err = deltaRun(body[n:])
		return err
	}
	return nil
}

// deltaRun walks one run of delta-encoded integers and gives its length in bytes: a header of block size, blocks' parts, count and first
// value, then blocks of a least delta, a bit width for each part, and the parts.
func deltaRun(b []byte) (int, error) {
	short := errors.New("its deltas are cut off")
	at := 0
	next := func() uint64 {
		x, n := binary.Uvarint(b[at:])
		if n <= 0 {
			at = len(b) + 1
			return 0
		}
		at += n
		return x
	}
	size, parts, count := next(), uint64(0), uint64(0)
	if at <= len(b) {
		parts = next()
	}
	if at <= len(b) {
		count = next()
	}
	if at <= len(b) {
		next()
	}
	if at > len(b) {
		return 0, short
	}
	if size == 0 || size > maxDeltaBlock || parts == 0 || size%parts != 0 {
		return 0, fmt.Errorf("its deltas claim blocks of %d values in %d parts", size, parts)
	}
	each := size / parts
	for left := int64(min(count, 1<<40)) - 1; left > 0; left -= int64(size) {
		next()
		if at > len(b) || uint64(len(b)-at) < parts {
			return 0, short
		}
		widths := b[at : at+int(parts)]
		at += int(parts)
		for i, w := range widths {
			if left <= int64(each)*int64(i) {
				break // the parts behind the last value are not stored
			}
			n := (each*uint64(w) + 7) / 8
			if n > uint64(len(b)-at) {
				return 0, short
			}
			at += int(n)
		}
	}
	return at, nil
}

// ended says what is wrong where all rows came: bytes behind the last page are rows that the footer left out.
func (p *pages) ended() error {
	if p.at != p.end {
		return fmt.Errorf("%d bytes are left behind its last row", p.end-p.at)
	}
	return nil
}

// The rest of file.PageReader: arrow-go's column reader asks for the page and the error. We read forward only, so that dictionaries come by
// Next.

func (p *pages) Page() file.Page                                  { return p.page }
func (p *pages) Err() error                                       { return p.err }
func (p *pages) Close() error                                     { return nil }
func (p *pages) SetMaxPageHeaderSize(int)                         {}
func (p *pages) SeekToPageWithRow(int64) error                    { return errors.New("pages are read forward only") }
func (p *pages) GetDictionaryPage() (*file.DictionaryPage, error) { return nil, nil }
func (p *pages) Reset(parquet.BufferedReader, int64, compress.Compression, *file.CryptoContext) {
	p.err = errors.New("pages are not read again")
}

var _ file.PageReader = (*pages)(nil)
