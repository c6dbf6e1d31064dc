package table

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/klauspost/compress/zstd"
)

// maxPage bounds one page, packed and unpacked. Writers aim at 1 MiB.
const maxPage = 256 << 20

// maxPageHeader bounds a page's header; only its statistics can be long.
const maxPageHeader = 1 << 20

// maxDeltaBlock bounds the values of a block of delta encoding, which the decoder allocates. Writers use 128 or a few thousand.
const maxDeltaBlock = 1 << 16

// pages reads one column's pages in one row group, one after the other. It is ours and not arrow-go's since that one unpacks a page as large
// as its packed bytes claim to be, 64 GiB with zstd, before it compares: here every claim of a header is checked first, and no more is unpacked
// than the header said. Its memory is used again for the next page and the next column.
type pages struct {
	from     *pinned
	at, end  int64
	rows     int64 // that should come
	had      int64
	codec    compress.Compression
	optional bool // cells may be missing
	zstd     *unzstd

	window   []byte // bytes of the file, whole blocks, from windowAt on
	windowAt int64
	unpacked []byte // memory for a page
}

// page is a page that was unpacked. What it holds is overwritten by the next.
type page struct {
	pageHeader
	levels []byte // runs that say which cells are missing, where some may be
	body   []byte
}

// pageHeader is what Parquet's PageHeader says.
type pageHeader struct {
	kind, unpacked, packed int64
	crc                    *uint32
	values                 int64
	encoding               parquet.Encoding
	defs                   parquet.Encoding // of levels, in data pages of the first kind
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

// reset begins a column's pages.
func (p *pages) reset(from *pinned, f footer, c *metadata.ColumnChunkMetaData, optional bool) error {
	at, length, err := f.chunk(c)
	if err != nil {
		return err
	}
	p.from, p.at, p.end, p.rows, p.had, p.codec, p.optional = from, at, at+length, c.NumValues(), 0, c.Compression(), optional
	p.window, p.windowAt = p.window[:0], 0
	return nil
}

// readAhead is how much of a column is read at once: more than a page, and little enough to be in the cache when it is unpacked.
const readAhead = 512 << 10

// bytes gives so many bytes from a place on, as they were when the file was first read. They hold until the next call.
func (p *pages) bytes(at, n int64) ([]byte, error) {
	if at >= p.windowAt && at+n <= p.windowAt+int64(len(p.window)) {
		return p.window[at-p.windowAt:][:n], nil
	}
	from := at / pinBlock * pinBlock
	kept := p.window[:0]
	if at >= p.windowAt && at < p.windowAt+int64(len(p.window)) {
		kept = p.window[from-p.windowAt:]
	}
	to := min(max(at+n, min(at+readAhead, p.end)), p.from.size)
	to = min((to+pinBlock-1)/pinBlock*pinBlock, p.from.size)
	window := p.window
	if int64(cap(window)) < to-from {
		window = make([]byte, to-from)
	}
	window = window[:to-from]
	copy(window, kept)
	p.window, p.windowAt = window[:0], from
	if err := p.from.blocks(window[len(kept):], from+int64(len(kept))); err != nil {
		return nil, err
	}
	p.window = window
	return window[at-from:][:n], nil
}

// next gives the next page that has a use; where all rows came, none.
func (p *pages) next() (pg page, ok bool, err error) {
	for p.had < p.rows {
		where := p.at
		h, err := p.header()
		if err != nil {
			return page{}, false, err
		}
		packed, err := p.bytes(p.at, h.packed)
		if err != nil {
			return page{}, false, err
		}
		p.at += h.packed
		if h.crc != nil && crc32.ChecksumIEEE(packed) != *h.crc {
			return page{}, false, fmt.Errorf("page at byte %d: its checksum is another", where)
		}
		if h.kind == indexPage {
			continue
		}
		pg, err := p.open(h, packed)
		if err != nil {
			return page{}, false, fmt.Errorf("page at byte %d: %w", where, err)
		}
		return pg, true, nil
	}
	return page{}, false, nil
}

// header reads the header at p.at, checks it, and leaves p.at behind it.
func (p *pages) header() (pageHeader, error) {
	for window := int64(256); ; window *= 16 {
		buf, err := p.bytes(p.at, min(window, p.end-p.at))
		if err != nil {
			return pageHeader{}, err
		}
		h := pageHeader{}
		c := compact{bytes: buf, field: h.field}
		err = c.message()
		if errors.Is(err, errShort) && int64(len(buf)) < p.end-p.at && window < maxPageHeader {
			continue
		}
		if err != nil {
			return h, fmt.Errorf("page header at byte %d: %w", p.at, err)
		}
		where := p.at
		p.at += int64(c.at)
		if err := h.check(p); err != nil {
			return h, fmt.Errorf("page at byte %d: %w", where, err)
		}
		return h, nil
	}
}

// walk goes over all pages, and says where those with rows begin.
func (p *pages) walk(ctx context.Context) ([]place, error) {
	var all []place
	for p.had < p.rows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		at := p.at
		h, err := p.header()
		if err != nil {
			return nil, err
		}
		if h.kind == dataPage || h.kind == dataPageV2 {
			all = append(all, place{at, p.had})
			p.had += h.values
		}
		p.at += h.packed
	}
	return all, nil
}

func (h *pageHeader) field(path []int16, x int64) {
	at := path[0]
	if len(path) == 2 {
		at = 100*path[0] + path[1]
	} else if len(path) > 2 {
		return
	}
	switch at {
	case 1:
		h.kind = x
	case 2:
		h.unpacked = x
	case 3:
		h.packed = x
	case 4:
		crc := uint32(x)
		h.crc = &crc
	case 501, 701, 801:
		h.values = x
	case 502, 702, 804:
		h.encoding = parquet.Encoding(x)
	case 503:
		h.defs = parquet.Encoding(x)
	case 802:
		h.nulls = x
	case 803:
		h.rows = x
	case 805:
		h.defBytes = x
	case 806:
		h.repBytes = x
	case 807:
		h.plain = x == 0
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

// open unpacks a page, and counts its rows.
func (p *pages) open(h pageHeader, packed []byte) (page, error) {
	pg := page{pageHeader: h}
	var err error
	switch h.kind {
	case dictionaryPage:
		pg.body, err = p.unpack(packed, h.unpacked)
		return pg, err
	case dataPage:
		if pg.body, err = p.unpack(packed, h.unpacked); err != nil {
			return pg, err
		}
		if p.optional {
			if h.defs != parquet.Encodings.RLE {
				return pg, fmt.Errorf("its levels are in the encoding %v, which is not read", h.defs)
			}
			if len(pg.body) < 4 || int64(binary.LittleEndian.Uint32(pg.body)) > int64(len(pg.body)-4) {
				return pg, errors.New("its levels are cut off")
			}
			n := 4 + int(binary.LittleEndian.Uint32(pg.body))
			pg.levels, pg.body = pg.body[4:n], pg.body[n:]
		}
	case dataPageV2:
		levels := h.defBytes + h.repBytes
		pg.levels, pg.body = packed[h.repBytes:levels], packed[levels:]
		if !h.plain {
			if pg.body, err = p.unpack(pg.body, h.unpacked-levels); err != nil {
				return pg, err
			}
		}
		if int64(len(pg.body)) != h.unpacked-levels {
			return pg, fmt.Errorf("it holds %d bytes and claims %d", int64(len(pg.body))+levels, h.unpacked)
		}
	default:
		return pg, fmt.Errorf("it is of the unknown kind %d", h.kind)
	}
	p.had += h.values
	return pg, nil
}

// freePage and plausible bound what is allocated on a header's word alone: pages of the usual size, or of so many times their packed bytes.
// What claims more is unpacked piece by piece.
const (
	freePage  = 4 << 20
	plausible = 256
)

// unpack gives exactly so many bytes, or an error.
func (p *pages) unpack(packed []byte, size int64) ([]byte, error) {
	switch p.codec {
	case compress.Codecs.Uncompressed:
		if int64(len(packed)) != size {
			return nil, fmt.Errorf("it holds %d bytes and claims %d", len(packed), size)
		}
		return packed, nil
	case compress.Codecs.Snappy:
		if n, read := binary.Uvarint(packed); read <= 0 || int64(n) != size || size > freePage && size > plausible*int64(len(packed)) {
			return nil, fmt.Errorf("it unpacks to another size than the %d bytes that it claims", size)
		}
		return p.block(packed, size)
	case compress.Codecs.Lz4Raw:
		if size > freePage && size > plausible*int64(len(packed)) {
			return nil, fmt.Errorf("it unpacks to another size than the %d bytes that it claims", size)
		}
		return p.block(packed, size)
	case compress.Codecs.Zstd:
		if size <= freePage || size <= plausible*int64(len(packed)) {
			return p.unzstd(packed, size)
		}
		return p.stream(packed, size)
	case compress.Codecs.Gzip, compress.Codecs.Brotli:
		return p.stream(packed, size)
	}
	return nil, fmt.Errorf("its compression %v is not known", p.codec)
}

// room is memory for a page. The decoder of zstd is fastest where it may write a block too far.
func (p *pages) room(size int64) []byte {
	const block = 128<<10 + 32
	if int64(cap(p.unpacked)) < size+block {
		p.unpacked = make([]byte, size+block)
	}
	return p.unpacked
}

// unzstd is a decoder of zstd that is made when it is first needed, for all columns of a worker.
type unzstd struct{ *zstd.Decoder }

func (p *pages) unzstd(packed []byte, size int64) ([]byte, error) {
	if len(packed) == 0 && size == 0 {
		return nil, nil
	}
	if p.zstd == nil {
		p.zstd = &unzstd{}
	}
	if p.zstd.Decoder == nil {
		var err error
		p.zstd.Decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxPage), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return nil, err
		}
	}
	data, err := p.zstd.DecodeAll(packed, p.room(size)[:0])
	if err != nil && !errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return nil, err
	}
	if err != nil || int64(len(data)) != size {
		return nil, fmt.Errorf("it unpacks to another size than the %d bytes that it claims", size)
	}
	return data, nil
}

// block unpacks at once, into memory of the size that was claimed.
func (p *pages) block(packed []byte, size int64) ([]byte, error) {
	codec, err := compress.GetCodec(p.codec)
	if err != nil {
		return nil, err
	}
	data, err := compress.Decode(codec, p.room(size)[:size], packed)
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
	data := bytes.NewBuffer(p.unpacked[:0]) // grows with what comes, not with what is claimed
	n, err := io.Copy(data, io.LimitReader(r, size+1))
	if shut := r.Close(); err == nil {
		err = shut
	}
	if err != nil {
		return nil, err
	}
	if n != size {
		return nil, fmt.Errorf("it unpacks to another size than the %d bytes that it claims", size)
	}
	p.unpacked = data.Bytes()
	return p.unpacked, nil
}

// deltaRun walks one run of delta-encoded integers and gives its length in bytes, since what comes behind it begins where it ends: a header of block size, blocks' parts, count and first
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
