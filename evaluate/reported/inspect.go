package reported

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/gatecard/gatecard/schema"
)

// inspectFormat is a log of UK AISI's Inspect, version 2: .json, or .eval, which is a zip archive of which header.json is read. Only a log
// of a run that succeeded, was not invalidated and completed all its samples has results; another is an error. A scorer's name becomes the
// variant, with its reducer where it has one. Metrics of grouped() become groups, {"kind": "odd"}, those of another metric that gives
// several values {"frequency": "C"}. stderr stands as the SE of accuracy and mean, of which Inspect computes it.
var inspectFormat = Format{
	Name:    "Inspect log",
	Summary: "a log of Inspect, version 2, as .json or .eval",
	is: func(s *source) bool {
		return s.zip || s.doc.get("version") != nil && s.doc.get("status") != nil && s.doc.get("eval").is(mapping)
	},
	read: readInspect,
}

// inspectVersion is the version of the log that is read.
const inspectVersion = "2"

func readInspect(s *source) (Results, error) {
	doc := s.doc
	if s.zip {
		b, err := s.entry("header.json")
		if err != nil {
			return Results{}, err
		}
		if doc, err = parse(s.name+"/header.json", b); err != nil {
			return Results{}, err
		}
		if !doc.is(mapping) {
			return Results{}, s.problem("unknown-results", "header.json is no header of an Inspect log")
		}
	}
	f, r := faults{}, Results{Tool: "inspect"}
	eval := doc.get("eval")
	revision := eval.get("revision")
	r.Origin = Origin{
		Version: eval.get("packages", "inspect_ai").str(),
		Run:     eval.get("run_id").str(),
		Task:    eval.get("task").str(),
		Model:   eval.get("model").str(),
		Created: eval.get("created").str(),
	}
	if dirty := revision.get("dirty"); dirty.is(boolean) && dirty.truth {
		r.Notes = append(r.Notes, Note{"uncommitted-code", "the evaluation's code had changes that are in no commit: it cannot be run again as it was"})
	}
	total := f.ended(doc)
	epochs := max(1, f.count(eval.get("config", "epochs")))
	if err := f.err(); err != nil {
		return Results{}, err
	}
	partial := inspectPartial(doc, eval)
	scores := f.need(doc.get("results"), "scores", list)
	for _, score := range items(scores) {
		f.score(&r, score, partial, total, total/epochs)
	}
	return r, f.err()
}

// ended holds a log to the state of a run that ended well, and gives its number of samples times epochs.
func (f *faults) ended(doc *value) int64 {
	if version := f.need(doc, "version", number); version != nil && version.text != inspectVersion {
		f.add(version, "unsupported-version", "the log has version %s, and %s is read", clipped(version.text), inspectVersion)
		return 0
	}
	status := f.need(doc, "status", text)
	if status != nil && status.text != "success" {
		f.add(status, "unfinished-run", "the run's status is %q, not success: its numbers may be of half its work", clipped(status.text))
	}
	if invalidated := doc.get("invalidated"); invalidated.given() && (invalidated.kind != boolean || invalidated.truth) {
		f.add(invalidated, "invalidated-run", "the log, or a sample in it, was invalidated by a person")
	}
	if len(f.list) > 0 {
		return 0
	}
	results := doc.get("results")
	if !results.is(mapping) {
		f.add(doc, "incomplete-run", "the log has no results: no sample may have been completed")
		return 0
	}
	whole, done := f.need(results, "total_samples", number), f.need(results, "completed_samples", number)
	if whole == nil || done == nil {
		return 0
	}
	total, completed := f.count(whole), f.count(done)
	if logged := results.get("logged_samples"); logged.given() && f.count(logged) != total {
		f.add(logged, "incomplete-run", "%s of %d samples were run", clipped(logged.text), total)
	}
	if completed != total || total == 0 {
		f.add(done, "incomplete-run", "%d of %d samples were completed", completed, total)
	}
	return total
}

// inspectPartial says why a log's figures are not of the whole dataset.
func inspectPartial(doc, eval *value) string {
	if limit := eval.get("config", "limit"); limit.given() {
		if n := limit.scalar(); n != "" {
			return fmt.Sprintf("made with limit: %s, so on some of the samples only", clipped(n))
		}
		return "made with a limit, so on some of the samples only"
	}
	if eval.get("config", "sample_id").given() {
		return "made on chosen samples only (sample_id)"
	}
	if doc.get("results", "early_stopping").given() {
		return "stopped early, by the samples that came first"
	}
	return ""
}

// score reads the metrics of one scorer, of a log of total samples in all epochs and of rows in the dataset.
func (f *faults) score(r *Results, score *value, partial string, total, rows int64) {
	name := f.need(score, "name", text)
	metrics := f.need(score, "metrics", mapping)
	if name == nil || metrics == nil {
		return
	}
	variant := name.text
	if reducer := score.get("reducer"); reducer.given() {
		variant += "/" + reducer.scalar()
	}
	n := f.count(score.get("scored_samples"))
	if n > total {
		f.add(score.get("scored_samples"), "bad-figure", "%d samples were scored, of %d", n, total)
	}
	switch left := f.count(score.get("unscored_samples")); {
	case partial != "":
	case left > 0:
		partial = fmt.Sprintf("%d samples were not scored", left)
	case score.get("scored_samples").given() && n < rows: // where a scorer gives none, unscored_samples is 0 all the same
		partial = fmt.Sprintf("%d of %d samples were scored", n, rows)
	}
	first, seen := len(r.Rows), map[string]bool{}
	for i, key := range metrics.keys {
		m := metrics.items[i]
		if m.kind != mapping {
			f.add(m, "wrong-type", "a metric is a mapping with name and value, not %s", m.shown())
			continue
		}
		row := Row{Metric: m.get("name").str(), Variant: variant, N: n, Partial: partial}
		if row.Metric == "" {
			row.Metric = key
		}
		if group := m.get("group").str(); group != "" {
			row.Groups, row.N = map[string]string{group: row.Metric}, 0
			by, of := m.get("params", "group_key").str(), m.get("params", "metric", "name").str()
			if by != "" && of != "" {
				row.Groups, row.Metric = map[string]string{by: row.Metric}, of
			} else {
				row.Metric = group
			}
		}
		if seen[row.key()] { // two of one name, with different parameters: Inspect numbers their keys
			row.Metric = key
		}
		seen[row.key()] = true
		if m.get("value").is(null) {
			row.Undefined = "Inspect gives null"
		} else if v := f.need(m, "value", number); v != nil {
			row.Value = f.float(v)
		}
		r.Rows = append(r.Rows, row)
	}
	r.Rows = append(r.Rows[:first], withErrors(r.Rows[first:])...)
}

// withErrors gives each accuracy and mean the stderr of the same group, which then is no row of its own.
func withErrors(rows []Row) []Row {
	const stderr = "stderr"
	errs := map[string]int{}
	for i, row := range rows {
		if row.Metric == stderr {
			errs[row.key()] = i
		}
	}
	taken := map[int]bool{}
	for i, row := range rows {
		if row.Metric != "accuracy" && row.Metric != "mean" {
			continue
		}
		twin := row
		twin.Metric = stderr
		if at, ok := errs[twin.key()]; ok {
			rows[i].SE = rows[at].Value
			taken[at] = true
		}
	}
	var kept []Row
	for i, row := range rows {
		if !taken[i] {
			kept = append(kept, row)
		}
	}
	return kept
}

// Limits of an archive. A sample is an entry, so that a log of 200,000 samples has a list of some 20 MB; nothing else of it is read than
// the list and one entry.
const (
	maxList   = 32 << 20       // bytes of the list
	maxEntry  = schema.MaxJSON // bytes of the entry, unpacked
	zstdInZip = 93             // by PKWARE's APPNOTE 4.4.5
)

// errBudget says that more would have to be read than an honest archive needs.
var errBudget = errors.New("more than an archive's list may have")

// budget reads at most so many bytes.
type budget struct {
	r    io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errBudget
	}
	return b.r.ReadAt(p, at)
}

// entry unpacks one entry of an archive, which must be there once.
func (s *source) entry(name string) ([]byte, error) {
	in := &budget{r: s.at, left: maxList}
	archive, err := zip.NewReader(in, s.size)
	switch {
	case errors.Is(err, errBudget):
		return nil, s.problem("bad-archive", "the archive's list is longer than %d MiB", maxList>>20)
	case err != nil:
		return nil, s.problem("bad-archive", "the archive cannot be read: %v", err)
	}
	archive.RegisterDecompressor(zstdInZip, unpackZstd)
	var found *zip.File
	for _, e := range archive.File {
		if e.Name != name {
			continue
		}
		if found != nil {
			return nil, s.problem("bad-archive", "the archive has two entries %q", name)
		}
		found = e
	}
	if found == nil {
		return nil, s.problem("unfinished-run", "the archive has no entry %q: it is no Inspect log, or one of a run that has not ended", name)
	}
	if found.UncompressedSize64 > maxEntry {
		return nil, s.problem("too-big", "%s has %d bytes, more than %d", name, found.UncompressedSize64, maxEntry)
	}
	in.left = maxEntry + maxList // what is packed is hardly longer than what comes of it
	f, err := found.Open()
	if err != nil {
		return nil, s.problem("bad-archive", "%s cannot be unpacked: %v", name, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxEntry+1))
	if err == nil {
		err = f.Close()
	}
	switch {
	case err != nil:
		return nil, s.problem("bad-archive", "%s cannot be unpacked: %v", name, err)
	case len(b) > maxEntry:
		return nil, s.problem("too-big", "%s has more than %d bytes", name, maxEntry)
	}
	return b, nil
}

// unpackZstd reads an entry's frames, of which Inspect writes several. A window is at most 128 MiB, zstd's own limit without --long.
func unpackZstd(r io.Reader) io.ReadCloser {
	const window = 128 << 20
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window), zstd.WithDecoderMaxMemory(maxEntry+window))
	if err != nil {
		return io.NopCloser(failing{err})
	}
	return d.IOReadCloser()
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
