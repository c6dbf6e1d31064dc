package table

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/gatecard/gatecard/evidence"
)

// Source is a file of rows that can be opened: one that the configuration names, or predictions that a registry keeps.
type Source struct {
	Name string
	Open func(context.Context) (File, error)
	// Constants are columns that the file does not store, since all its rows have the same value: the names of its folders say it.
	Constants []Constant
	// Below is the file's path below the folder that it was found in, or below the part of a pattern that has no * in it, with slashes:
	// "region=north/part-0.parquet". "": nobody looked for it.
	Below string
}

// Constant is a column with the same value in all rows of a file. Without a Value every cell is missing.
type Constant struct{ Name, Value string }

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
		if before.Mode()&os.ModeNamedPipe != 0 {
			return nil, &Error{File: path, Code: codeUnreadable, What: "is a pipe: rows from one are read from standard input"}
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

// pinBlock is the piece whose bytes are held against those that were read before: small enough to be read for one page's sake.
const pinBlock = 64 << 10

// pinned is a file that reads as the same bytes each time, or not at all. Its digest binds evidence to the bytes that rows were made of, but
// rows may be read before the digest is taken, after it, or meanwhile: so each block has a mark, left by whoever reads it first, that all later
// ones must find again. The digest's own pass is one of them, so once it has ended, all that was or will be read is what the digest is of.
//
// A mark is a hash whose seed this process drew at random and nobody sees: who can change the file meanwhile cannot choose two blocks with
// one mark, and hits one by luck in 2⁶⁴.
type pinned struct {
	file  File
	name  string
	size  int64
	seed  maphash.Seed
	marks []atomic.Uint64 // of blocks; 0: not read yet

	taking sync.Mutex // of the digest
	taken  atomic.Pointer[evidence.Digest]

	lock sync.Mutex
	at   int64 // which block is held for small reads; -1: none
	held []byte
}

func pin(name string, f File) *pinned {
	blocks := (f.Size() + pinBlock - 1) / pinBlock
	return &pinned{file: f, name: name, size: f.Size(), seed: maphash.MakeSeed(), marks: make([]atomic.Uint64, blocks), at: -1}
}

// digest is that of all bytes, or empty where it was not taken yet.
func (p *pinned) digest() evidence.Digest {
	if d := p.taken.Load(); d != nil {
		return *d
	}
	return ""
}

// sum takes the digest, once.
func (p *pinned) sum(ctx context.Context) (evidence.Digest, error) {
	p.taking.Lock()
	defer p.taking.Unlock()
	if d := p.digest(); d != "" {
		return d, nil
	}
	whole := sha256.New()
	buf := make([]byte, min(p.size, 16*pinBlock))
	for at := int64(0); at < p.size; at += int64(len(buf)) {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		b := buf[:min(int64(len(buf)), p.size-at)]
		if err := p.blocks(b, at); err != nil {
			return "", err
		}
		whole.Write(b)
	}
	d := evidence.Digest("sha256:" + hex.EncodeToString(whole.Sum(nil)))
	p.taken.Store(&d)
	return d, nil
}

// blocks reads whole blocks from a block's begin on; the file's last may be short.
func (p *pinned) blocks(b []byte, at int64) error {
	n, err := p.file.ReadAt(b, at)
	if n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			return &Error{File: p.name, Code: codeChanged, What: fmt.Sprintf("the file ends at byte %d and had %d", at+int64(n), p.size)}
		}
		return unread(p.name, err)
	}
	for i := at / pinBlock; len(b) > 0; i++ {
		block := b[:min(pinBlock, len(b))]
		b = b[len(block):]
		mark := maphash.Bytes(p.seed, block) | 1 // 0 is of a block that was not read
		if !p.marks[i].CompareAndSwap(0, mark) && p.marks[i].Load() != mark {
			return &Error{File: p.name, Code: codeChanged, What: fmt.Sprintf("the file changed while it was read (near byte %d)", i*pinBlock)}
		}
	}
	return nil
}

// ReadAt is a File's, for small pieces one after the other: it holds a block. It may be called from several goroutines.
func (p *pinned) ReadAt(b []byte, at int64) (int, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if at < 0 {
		return 0, fmt.Errorf("%s: read at byte %d", p.name, at)
	}
	n := 0
	for n < len(b) && at+int64(n) < p.size {
		from := (at + int64(n)) / pinBlock * pinBlock
		if from != p.at || p.held == nil {
			if p.held == nil {
				p.held = make([]byte, min(pinBlock, p.size))
			}
			p.at, p.held = -1, p.held[:min(pinBlock, p.size-from)]
			if err := p.blocks(p.held, from); err != nil {
				return n, err
			}
			p.at = from
		}
		n += copy(b[n:], p.held[at+int64(n)-from:])
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (p *pinned) Close() error { return p.file.Close() }
func (p *pinned) Size() int64  { return p.size }
