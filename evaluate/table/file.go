package table

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/gatecard/gatecard/evidence"
)

// Source is a file of rows that can be opened: one that the configuration names, or predictions that a registry keeps.
type Source struct {
	Name string
	Open func(context.Context) (File, error)
}

// File is an opened source. Size is its length in bytes.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// FromFile is a file of the file system. Its name is the path as given.
func FromFile(path string) Source {
	return Source{Name: path, Open: func(context.Context) (File, error) {
		before, err := os.Stat(path) // to open a pipe would wait for whoever writes into it
		if err != nil {
			return nil, err
		}
		if before.IsDir() {
			return nil, &Error{File: path, Code: codeDirectory, What: "is a directory, not a file of rows"}
		}
		if !before.Mode().IsRegular() {
			return nil, &Error{File: path, Code: codeUnreadable, What: "is not a regular file"}
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err != nil {
			return nil, closing(err, f)
		}
		return diskFile{f, info.Size()}, nil
	}}
}

// ReadFile gives the bytes of a file that is no table, at most so many: a longer one is an error.
func ReadFile(ctx context.Context, s Source, most int64) ([]byte, error) {
	f, err := s.Open(ctx)
	if err != nil {
		return nil, unopened(s.Name, err)
	}
	defer f.Close()
	if f.Size() > most {
		return nil, &Error{File: s.Name, Code: codeUnreadable, What: fmt.Sprintf("could not be read: it has %d bytes, and at most %d are", f.Size(), most)}
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		return nil, unread(s.Name, err)
	}
	return b, nil
}

type diskFile struct {
	*os.File
	size int64
}

func (f diskFile) Size() int64 { return f.size }

// pinBlock is the piece that is hashed on its own: small enough to read for one page's sake, large enough that 32 bytes a block are nothing.
const pinBlock = 1 << 20

// pinned is a file that reads only as it was when it was hashed. Its digest binds evidence to these bytes, so each block that is read again
// is hashed again, and must be the same.
type pinned struct {
	file   File
	name   string
	size   int64
	digest evidence.Digest
	blocks [][sha256.Size]byte

	lock sync.Mutex
	at   int // which block is held; -1: none
	held []byte
}

// pin reads the file once, from end to end.
func pin(ctx context.Context, name string, f File) (*pinned, error) {
	p := &pinned{file: f, name: name, size: f.Size(), at: -1, held: make([]byte, 0, pinBlock)}
	whole := sha256.New()
	for at := int64(0); at < p.size; at += pinBlock {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := p.fetch(int(at / pinBlock))
		if err != nil {
			return nil, err
		}
		p.blocks = append(p.blocks, sha256.Sum256(b))
		whole.Write(b)
	}
	p.digest = evidence.Digest("sha256:" + hex.EncodeToString(whole.Sum(nil)))
	return p, nil
}

// fetch reads a block into p.held.
func (p *pinned) fetch(i int) ([]byte, error) {
	at := int64(i) * pinBlock
	p.at, p.held = -1, p.held[:min(pinBlock, p.size-at)]
	n, err := p.file.ReadAt(p.held, at)
	if n < len(p.held) {
		if err == nil || errors.Is(err, io.EOF) {
			return nil, &Error{File: p.name, Code: codeChanged, What: fmt.Sprintf("the file ends at byte %d and had %d", at+int64(n), p.size)}
		}
		return nil, unread(p.name, err)
	}
	return p.held, nil
}

// ReadAt gives the bytes that were hashed, or an error. It may be called from several goroutines.
func (p *pinned) ReadAt(b []byte, at int64) (int, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if at < 0 {
		return 0, fmt.Errorf("%s: read at byte %d", p.name, at)
	}
	n := 0
	for n < len(b) && at+int64(n) < p.size {
		i := int((at + int64(n)) / pinBlock)
		if i != p.at {
			held, err := p.fetch(i)
			if err != nil {
				return n, err
			}
			if sha256.Sum256(held) != p.blocks[i] {
				return n, &Error{File: p.name, Code: codeChanged, What: fmt.Sprintf("the file changed while it was read (near byte %d)", int64(i)*pinBlock)}
			}
			p.at = i
		}
		n += copy(b[n:], p.held[at+int64(n)-int64(i)*pinBlock:])
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (p *pinned) Close() error { return p.file.Close() }
func (p *pinned) Size() int64  { return p.size }
