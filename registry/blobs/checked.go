package blobs

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// checked hashes what passes through it, and gives EOF only for the bytes that it was told to expect.
type checked struct {
	from io.ReadCloser
	want evidence.File
	sum  hash.Hash
	n    int64
}

func newChecked(from io.ReadCloser, want evidence.File) *checked {
	return &checked{from: from, want: want, sum: sha256.New()}
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.sum.Write(p[:n])
	c.n += int64(n)
	if c.n > c.want.Size || errors.Is(err, io.EOF) {
		if bad := c.damage(); bad != nil {
			return 0, bad
		}
	}
	return n, err
}

func (c *checked) damage() error {
	if c.n != c.want.Size {
		return fmt.Errorf("read artifact %q (%s): it has %d bytes or more, not %d: %w", c.want.Path, c.want.SHA256, c.n, c.want.Size, registry.ErrDamaged)
	}
	if got := digest(c.sum.Sum(nil)); got != c.want.SHA256 {
		return fmt.Errorf("read artifact %q: its bytes hash to %s, not to %s: %w", c.want.Path, got, c.want.SHA256, registry.ErrDamaged)
	}
	return nil
}

func (c *checked) Close() error { return c.from.Close() }
