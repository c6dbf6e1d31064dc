package evaluate

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/schema"
)

// parseDelay reads a length of time: a whole number of hours, days or weeks, above 0 and at most a hundred years.
func parseDelay(text string) (time.Duration, error) {
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	if text != "" {
		unit, ok := units[text[len(text)-1]]
		n, err := strconv.ParseInt(text[:len(text)-1], 10, 64)
		if ok && err == nil && n > 0 && n <= int64(longestDelay/unit) {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, fmt.Errorf(`%q is no length of time: write a number and h, d or w, as in "30d"`, text)
}

// longestDelay is a hundred years: what is longer was mistyped.
const longestDelay = 100 * 365 * 24 * time.Hour

// parseTime reads a moment: RFC 3339 ("2026-01-31T12:00:00Z", with any offset), the same without an offset or with a blank for T, which is UTC, a date alone, which is its
// first moment in UTC, or a whole number since 1970-01-01T00:00:00Z. Its unit is told by its size, as the ranges do not meet: from 1e8 seconds, from 1e11 milliseconds, from
// 1e14 microseconds, from 1e17 nanoseconds, so that none is of before March 1973. A smaller number may be anything, days or a date without dashes, and is an error.
func parseTime(text string) (at time.Time, unit string, err error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, unitText, nil
		}
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x != math.Trunc(x) {
		return at, "", fmt.Errorf(`%q is no time: write 2026-01-31, or 2026-01-31T12:00:00Z`, text)
	}
	switch {
	case x >= 1e8 && x < 1e11:
		return time.Unix(int64(x), 0).UTC(), "seconds", nil
	case x >= 1e11 && x < 1e14:
		return time.UnixMilli(int64(x)).UTC(), "milliseconds", nil
	case x >= 1e14 && x < 1e17:
		return time.UnixMicro(int64(x)).UTC(), "microseconds", nil
	case x >= 1e17 && x < 9e18:
		return time.Unix(0, int64(x)).UTC(), "nanoseconds", nil
	}
	return at, "", fmt.Errorf("%s is no time: as seconds, milliseconds, microseconds or nanoseconds since 1970 it would lie before 1973 or too far away", text)
}

// unitText is the unit of times that are written out.
const unitText = "dates"

// checkDelay finds what is wrong with a label delay.
func (t *Terms) checkDelay(d *schema.Document, tell func(p schema.Position, code, message, suggest string)) {
	if t.LabelDelay == "" {
		for key, value := range map[string]string{"time": t.Time, "as_of": t.AsOf} {
			if value != "" {
				tell(d.KeyAt(key), "bad-delay", fmt.Sprintf(`%q is there to tell a row's age, for "label_delay", and there is none`, key), "")
			}
		}
		return
	}
	if _, err := parseDelay(t.LabelDelay); err != nil {
		tell(d.At("label_delay"), "bad-delay", err.Error(), "")
	}
	if t.Time == "" {
		tell(d.KeyAt("label_delay"), "missing-key", `"label_delay" needs "time": the column with when a row was scored`, "")
	}
	if t.is(Scores) {
		tell(d.KeyAt("label_delay"), "other-task", "a task of scores has no labels to wait for", "")
	}
	if t.AsOf != "" {
		if _, _, err := parseTime(t.AsOf); err != nil {
			tell(d.At("as_of"), "bad-time", err.Error(), "")
		}
	}
}

// delayed says which rows are too young for their label: those of after the last moment that is old enough. nil: none is.
type delayed struct {
	last time.Time
	asOf time.Time
}

// delayOf finds the last moment that is old enough. Where the terms do not say from when ages count, it is from the newest time among the rows: no clock is
// asked, so that the same rows give the same figures, and today is later, so that fewer rows count than might.
func (r *rows) delayOf(ctx context.Context) (*delayed, error) {
	if r.t.LabelDelay == "" {
		return nil, nil
	}
	delay, err := parseDelay(r.t.LabelDelay)
	if err != nil {
		return nil, problem("bad-delay", err.Error(), "")
	}
	d := &delayed{}
	if r.t.AsOf != "" {
		if d.asOf, _, err = parseTime(r.t.AsOf); err != nil {
			return nil, problem("bad-time", err.Error(), "")
		}
	} else {
		var lock sync.Mutex
		err := r.from.Each(ctx, []table.Want{{Name: r.t.Time, As: table.Value}}, r.workers, func(_ int, b table.Batch) error {
			var clock clock
			var newest time.Time
			for i, text := range b.Columns[0].Texts {
				if clock.read(text); clock.err == nil && !missingAt(b.Columns[0], i) && clock.at.After(newest) {
					newest = clock.at
				}
			}
			lock.Lock()
			defer lock.Unlock()
			if newest.After(d.asOf) {
				d.asOf = newest
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	d.last = d.asOf.Add(-delay)
	return d, nil
}

// clock reads times, of which neighbours are often the same.
type clock struct {
	known      bool
	text, unit string
	at         time.Time
	err        error
}

func (c *clock) read(text string) {
	if !c.known || text != c.text {
		c.known, c.text = true, text
		c.at, c.unit, c.err = parseTime(text)
	}
}

func missingAt(c table.Column, i int) bool { return c.Missing != nil && c.Missing[i] }

// timeFaults are what may be wrong with rows' times.
type timeFaults struct {
	missing, unread faulty
	lock            sync.Mutex
	units           map[string]bool
	why             string // of the first that could not be read
	whyRow          int64
}

// young says of each row of a batch whether it is too young for its label.
func (d *delayed) young(column table.Column, first int64, wrong *timeFaults, is []bool) []bool {
	is = slices.Grow(is[:0], column.Len())[:column.Len()]
	var clock clock
	unit := ""
	for i, text := range column.Texts {
		is[i] = false
		if missingAt(column, i) {
			wrong.missing.add(first + int64(i))
			continue
		}
		if clock.read(text); clock.err != nil {
			wrong.cannotRead(first+int64(i), clock.err)
			continue
		}
		if clock.unit != unit {
			unit = clock.unit
			wrong.met(unit)
		}
		is[i] = clock.at.After(d.last)
	}
	return is
}

func (w *timeFaults) met(unit string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.units == nil {
		w.units = map[string]bool{}
	}
	w.units[unit] = true
}

func (w *timeFaults) cannotRead(row int64, err error) {
	w.unread.add(row)
	w.lock.Lock()
	defer w.lock.Unlock()
	if w.why == "" || row < w.whyRow {
		w.why, w.whyRow = err.Error(), row
	}
}

// judgeTimes says what is wrong with the rows' times.
func (r *rows) judgeTimes(n int64) error {
	if r.delay == nil {
		return nil
	}
	w := &r.wrong.times
	if err := w.missing.error(table.Error{File: r.file, Column: r.t.Time, Code: "missing-values", What: noValue}, n); err != nil {
		return err
	}
	err := w.unread.error(table.Error{File: r.file, Column: r.t.Time, Code: "bad-time",
		What: "%s have no time that can be read (first: %s): " + strings.ReplaceAll(w.why, "%", "%%")}, n)
	if err != nil {
		return err
	}
	if units := slices.Sorted(maps.Keys(w.units)); len(units) > 1 {
		return &table.Error{File: r.file, Column: r.t.Time, Code: "bad-time", What: "rows have times in " + strings.Join(units, " and in ") + ": nobody can tell which is meant"}
	}
	return nil
}
