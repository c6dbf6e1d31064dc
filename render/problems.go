package render

import (
	"fmt"
	"io"

	"github.com/gatecard/gatecard/schema"
)

// Problems writes what is wrong with files, one problem a line in order of place, and what that means.
func Problems(w io.Writer, ps schema.Problems, o Options) error {
	if len(ps) == 0 {
		return nil
	}
	c := newConsole(o)
	for _, p := range ps {
		c.line(plain(p.String()))
	}
	n := "1 problem"
	if len(ps) > 1 {
		n = fmt.Sprintf("%d problems", len(ps))
	}
	c.line(fmt.Sprintf("%s; nothing was run. `gatecard explain %s` tells more.", n, plain(ps[0].Code)))
	return c.to(w)
}
