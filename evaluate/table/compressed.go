package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Limits against files that are small and unpack to what fills the disk. Tables of text shrink to a tenth, and where all rows are alike, as in
// a first try, to a thousandth: so the first 256 MiB may come of anything, and what lies beyond must be at most 400 times the file.
const (
	unpackedFree  = 256 << 20
	unpackedRatio = 400
	unpackedMost  = maxStream
	zstdWindow    = 128 << 20 // what zstd itself takes without --long=28
)

// packing is a way in which a file is compressed as a whole.
type packing struct {
	name    string
	magic   string
	endings []string
	open    func(io.Reader) (io.ReadCloser, error)
}

func packings() []packing {
	return []packing{
		{"gzip", "\x1f\x8b", []string{".gz", ".gzip"}, func(r io.Reader) (io.ReadCloser, error) { return gzip.NewReader(r) }},
		{"zstd", "\x28\xb5\x2f\xfd", []string{".zst", ".zstd"}, func(r io.Reader) (io.ReadCloser, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderConcurrency(1))
			if err != nil {
				return nil, err
			}
			return d.IOReadCloser(), nil
		}},
	}
}

// unpacked gives what a compressed file holds, and the name that it would have; nil where the file is not compressed in a way that is read.
func unpacked(ctx context.Context, name string, f File, head []byte) (*spool, string, error) {
	for _, p := range packings() {
		if !bytes.HasPrefix(head, []byte(p.magic)) {
			continue
		}
		inner := name
		for _, ending := range p.endings {
			if strings.EqualFold(path.Ext(name), ending) {
				inner = name[:len(name)-len(ending)]
			}
		}
		s, err := p.unpack(ctx, name, f, unpackedFree)
		return s, inner, err
	}
	return nil, name, nil
}

// unpack gives all of it. free is how much may come of anything.
func (p packing) unpack(ctx context.Context, name string, f File, free int64) (*spool, error) {
	bad := func(err error) error {
		return &Error{File: name, Code: codeUnpacked, What: fmt.Sprintf("the %s data cannot be unpacked: %v", p.name, p.reason(err)), Err: err}
	}
	in := &failures{name: name, r: io.NewSectionReader(f, 0, f.Size())}
	r, err := p.open(in)
	if err != nil {
		return nil, in.or(bad(err))
	}
	defer r.Close()
	s, err := newSpool(ctx, r, spoolMemory, func(size int64) error {
		if size > unpackedMost || size > free && (size-free)/unpackedRatio > f.Size() {
			return &Error{File: name, Code: codeUnpacked, What: fmt.Sprintf("the %d bytes unpack to more than %d, which no honest table does: unpack the file first if it is one", f.Size(), size)}
		}
		return nil
	})
	var e *Error
	var system *errSpool
	switch {
	case err == nil && s.size == 0:
		return nil, &Error{File: name, Code: codeEmpty, What: "the file holds nothing but its compression"}
	case err == nil, errors.As(err, &e), ctx.Err() != nil:
		return s, err
	case errors.As(err, &system):
		return nil, unread(name, err)
	}
	return nil, in.or(bad(err))
}

// reason puts a library's error into words.
func (p packing) reason(err error) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it is cut off"
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, zstd.ErrCRCMismatch):
		return "its checksum is another"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, zstd.ErrMagicMismatch):
		return "the header of a part of it is wrong, or something else follows it"
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return fmt.Sprintf("it was packed with a window of more than %d MiB (zstd --long)", zstdWindow>>20)
	}
	return err.Error()
}

// failures keeps the file's own error, which is not the compression's fault.
type failures struct {
	name string
	r    io.Reader
	err  error
}

func (f *failures) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

func (f *failures) or(err error) error {
	if f.err != nil {
		return unread(f.name, f.err)
	}
	return err
}

// withSpool closes what was unpacked with the file.
type withSpool struct {
	File
	spool *spool
}

func (w withSpool) Close() error { return errors.Join(w.File.Close(), w.spool.Close()) }
