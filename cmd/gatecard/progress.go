package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gatecard/gatecard/evaluate"
)

// progress shows on a terminal how far long work has come: a bar, the rate, and the time left.
type progress struct {
	lock          sync.Mutex
	to            io.Writer
	now           func() time.Time
	doing         string
	begun, last   time.Time
	shown, closed bool
}

// Work that is done sooner shows no bar, and a bar is drawn no oftener.
const (
	patience = time.Second
	redraw   = 100 * time.Millisecond
)

// newProgress is nil where w is no terminal.
func newProgress(w io.Writer, now func() time.Time) *progress {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return &progress{to: w, now: now}
}

// tell may be called from any goroutine.
func (p *progress) tell(doing string, rows, of int64) {
	p.lock.Lock()
	defer p.lock.Unlock()
	now := p.now()
	if p.doing != doing {
		p.doing, p.begun = doing, now
	}
	spent := now.Sub(p.begun)
	if rows >= of {
		p.clear()
		return
	}
	if p.closed || spent < patience || now.Sub(p.last) < redraw || of <= 0 {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.to, "\r\x1b[K%s", bar(doing, rows, of, spent))
}

// bar is one line: reading rows ━━━━━━━━──── 42 %, 12,345,678 of 28,400,000, 8,123,456 a second, 2 s left.
func bar(doing string, rows, of int64, spent time.Duration) string {
	const width = 20
	share := min(1, float64(rows)/float64(of))
	full := int(share * width)
	rate := float64(rows) / spent.Seconds()
	left := time.Duration(float64(of-rows) / rate * float64(time.Second)).Round(time.Second)
	return fmt.Sprintf("%s rows %s%s %3.0f %%, %s of %s, %s a second, %s left", doing, strings.Repeat("━", full), strings.Repeat("─", width-full), 100*share,
		evaluate.Count(rows), evaluate.Count(of), evaluate.Count(int64(rate)), max(0, left))
}

// close takes the bar away.
func (p *progress) close() {
	if p == nil {
		return
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.closed = true
	p.clear()
}

func (p *progress) clear() {
	if p.shown {
		p.shown = false
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}

// parseSize reads a number of bytes with its unit: 2GiB, 500 MB, 1073741824.
func parseSize(text string) (int64, error) {
	digits := strings.TrimRight(text, "BKMGTikmgtb ")
	unit := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(text[len(digits):])), "b")
	units := map[string]float64{"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30, "ti": 1 << 40}
	scale, ok := units[unit]
	n, err := strconv.ParseFloat(digits, 64)
	switch size := n * scale; {
	case err != nil || !ok:
		return 0, misuse("--memory is a size, as 2GiB or 500MB, not %q", text)
	case !(size >= leastMemory && size < 1<<60):
		return 0, misuse("--memory is %s: at least 256MiB are needed", text)
	default:
		return int64(size), nil
	}
}

// leastMemory is what reading and counting take beside the rows that are kept.
const leastMemory = 256 << 20
