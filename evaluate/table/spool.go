package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// spoolMemory is how much of a stream is kept in memory before a temporary file takes it: most files of one team's evaluation are smaller.
const spoolMemory = 64 << 20

// spool takes a stream whole, so that it can be read at any place, and more than once. What does not fit into memory goes into a file without
// a name: nobody else can open it, and it is gone when it is closed, or the process ends in whatever way.
type spool struct {
	memory *bytes.Reader
	file   *os.File
	name   string // of the file, where the system could not take it away while it is open
	size   int64
}

// errSpool says that the system did not keep a stream: the stream is not to blame.
type errSpool struct{ err error }

func (e *errSpool) Error() string { return e.err.Error() }
func (e *errSpool) Unwrap() error { return e.err }

// newSpool reads to the end, and keeps so much in memory. most is asked before each piece is kept, with the length that it would make.
func newSpool(ctx context.Context, r io.Reader, inMemory int64, most func(size int64) error) (*spool, error) {
	s := &spool{}
	var memory []byte
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return nil, closing(err, s)
		}
		n, err := r.Read(buf)
		if n > 0 {
			s.size += int64(n)
			if err := most(s.size); err != nil {
				return nil, closing(err, s)
			}
			if s.file == nil && s.size > inMemory {
				if err := s.spill(memory); err != nil {
					return nil, closing(err, s)
				}
				memory = nil
			}
			if s.file == nil {
				memory = append(memory, buf[:n]...)
			} else if _, err := s.file.Write(buf[:n]); err != nil {
				return nil, closing(&errSpool{err}, s)
			}
		}
		if errors.Is(err, io.EOF) {
			s.memory = bytes.NewReader(memory)
			return s, nil
		}
		if err != nil {
			return nil, closing(err, s)
		}
	}
}

// spill begins the file with what was in memory.
func (s *spool) spill(memory []byte) error {
	f, err := os.CreateTemp("", "gatecard-rows-")
	if err != nil {
		return &errSpool{err}
	}
	s.file = f
	if err := os.Remove(f.Name()); err != nil { // some systems remove no open file
		s.name = f.Name()
	}
	if _, err := f.Write(memory); err != nil {
		return &errSpool{err}
	}
	return nil
}

func (s *spool) ReadAt(b []byte, at int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(b, at)
	}
	return s.memory.ReadAt(b, at)
}

func (s *spool) Size() int64 { return s.size }

func (s *spool) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.name != "" {
		err = errors.Join(err, os.Remove(s.name))
	}
	return err
}

// maxStream is the longest stream that is kept: the disk that holds temporary files would be full before. 284 million rows of a hundred bytes
// are a tenth of it.
const maxStream = 256 << 30

// FromReader is a file that comes as a stream, such as standard input. It is read once, whole, when it is opened first; later openings give
// the same bytes. What it takes is given back when nothing refers to the source any more, or the process ends. When ctx is cancelled while
// the stream gives nothing, Open returns at once, and the goroutine that waits for the stream goes on waiting.
func FromReader(name string, r io.Reader) Source {
	var once sync.Once
	var kept *spool
	var failed error
	done := make(chan struct{})
	return Source{Name: name, Open: func(ctx context.Context) (File, error) {
		once.Do(func() {
			go func() {
				defer close(done)
				kept, failed = newSpool(ctx, r, spoolMemory, func(size int64) error {
					if size > maxStream {
						return &Error{File: name, Code: codeUnpacked, What: fmt.Sprintf("the stream is longer than %d GiB", maxStream>>30)}
					}
					return nil
				})
			}()
		})
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-done:
		}
		if failed != nil {
			return nil, failed
		}
		return keptFile{kept}, nil
	}}
}

// keptFile is one opening of a stream: the stream outlives it.
type keptFile struct{ *spool }

func (keptFile) Close() error { return nil }
