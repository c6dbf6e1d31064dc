package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// Shown is a statement that was signed about a version.
type Shown struct {
	Digest  evidence.Digest  `json:"digest"`
	Kind    evidence.Kind    `json:"kind"`
	Verdict evidence.Verdict `json:"verdict"`
	Issued  time.Time        `json:"issued"`
	Expires time.Time        `json:"expires"`
	Signer  evidence.Actor   `json:"signer"`
	Problem string           `json:"problem,omitempty"` // why it cannot be believed

	evaluation evidence.File // as it binds it
}

// Show shows one version.
func Show(ctx context.Context, job *Job, name string) (Listed, error) {
	if _, err := job.must(ctx); err != nil {
		return Listed{}, err
	}
	v, err := job.version(ctx, name)
	if err != nil {
		return Listed{}, err
	}
	l, err := listed(ctx, job, v)
	if err != nil {
		return l, err
	}
	records, err := job.store.Log(ctx, v.Model, 1)
	l.Refused = lastRefusal(records, v.Number)
	return l, err
}

func listed(ctx context.Context, job *Job, v evidence.Version) (Listed, error) {
	l := Listed{Version: v, Targets: []evidence.Target{}, Evidence: []Shown{}, Attached: []evidence.File{}}
	targets, err := job.store.Targets(ctx, v)
	if err != nil {
		return l, err
	}
	l.Targets = append(l.Targets, targets...)
	attached, err := job.store.Attachments(ctx, v)
	if err != nil {
		return l, err
	}
	for _, b := range attached {
		l.Attached = append(l.Attached, b.File)
	}
	bundles, err := job.store.Evidence(ctx, v)
	if err != nil {
		return l, err
	}
	trust, err := job.store.Trust(ctx)
	if err != nil {
		return l, err
	}
	for _, b := range bundles {
		shown := Shown{Digest: b.Envelope.Digest()}
		s, by, err := evidence.Open(b.Envelope, trust, job.Now())
		if err != nil {
			shown.Problem = err.Error()
		} else {
			shown.Kind, shown.Verdict, shown.Issued, shown.Expires, shown.Signer = s.Kind, s.Verdict, s.Issued, s.Expires, by
			for _, f := range s.Attachments {
				if f.Path == evaluationFile {
					shown.evaluation = f
				}
			}
		}
		l.Evidence = append(l.Evidence, shown)
	}
	return l, nil
}

// History gives the log's records of a model, or ("") of all.
func History(ctx context.Context, job *Job, model string) ([]evidence.Record, error) {
	store, err := job.must(ctx)
	if err != nil {
		return nil, err
	}
	records, err := store.Log(ctx, model, 1)
	if err == nil && len(records) == 0 && model != "" {
		err = unknownModel(ctx, store, model)
	}
	return records, err
}

// unknownModel says that there is no model of that name, and which is near.
func unknownModel(ctx context.Context, store *registry.Store, model string) error {
	known, err := store.Models(ctx)
	if err != nil {
		return err
	}
	return fmt.Errorf("there is no model %q%s: %w", model, suggested(schema.Suggest(model, known)), registry.ErrNotFound)
}

// Audited says that the log holds together: its length and root; and what was found that it does not tell.
type Audited struct {
	Records int64     `json:"records"`
	Root    string    `json:"root"`
	Found   []Finding `json:"found,omitempty"`
}

// Finding is something that somebody, or a disk, did behind the log's back.
type Finding struct {
	Code string `json:"code"`
	What string `json:"what"`
}

// Audit recomputes the log, holds every target to it, and every stored file to its digest. The error names the first bad record.
func Audit(ctx context.Context, job *Job) (Audited, error) {
	store, err := job.must(ctx)
	if err != nil {
		return Audited{}, err
	}
	var a Audited
	if a.Records, a.Root, err = store.Check(ctx); err != nil {
		return a, err
	}
	models, err := store.Models(ctx)
	if err != nil {
		return a, err
	}
	pending, err := store.Pending(ctx)
	if err != nil {
		return a, err
	}
	for _, model := range models {
		// What a crash left is healed by the next command that writes: until then targets may differ.
		if !slices.ContainsFunc(pending, func(l registry.Lease) bool { return l.Request.Version.Model == model }) {
			different, err := registry.Differences(ctx, store, model)
			if err != nil {
				return a, err
			}
			for _, d := range different {
				a.Found = append(a.Found, Finding{"moved-past-the-log", d.Error()})
			}
		}
		versions, err := store.Versions(ctx, model)
		if err != nil {
			return a, err
		}
		for _, v := range versions {
			damaged, err := registry.Damage(ctx, store, v)
			if err != nil {
				return a, err
			}
			for _, f := range damaged {
				a.Found = append(a.Found, Finding{"stored-bytes-damaged", fmt.Sprintf("%s of %s is gone, or is not as it was stored", f.Path, v)})
			}
		}
	}
	return a, nil
}

// Lines are a version whole.
func Lines(l Listed) []string {
	v := l.Version
	lines := []string{v.String() + "  " + l.state(), fmt.Sprintf("  created   %s by %s", v.Created.Format("2006-01-02 15:04:05"), v.Lineage.Author.Subject)}
	dirty := ""
	if v.Lineage.Dirty {
		dirty = " (work tree differed)"
	}
	for _, f := range []struct{ name, value string }{{"data", v.Lineage.Data}, {"commit", v.Lineage.Commit + dirty}, {"run", v.Lineage.Run}, {"parent", v.Lineage.Parent}} {
		if f.value == "" {
			f.value = "unknown"
		}
		lines = append(lines, fmt.Sprintf("  %-9s %s", f.name, f.value))
	}
	lines = append(lines, "  manifest  "+string(v.Manifest.Digest()))
	for _, f := range v.Manifest {
		lines = append(lines, fmt.Sprintf("    %s  %10s  %s", f.SHA256.Short(), evaluate.Count(f.Size), f.Path))
	}
	lines = append(lines, "  attached")
	for _, f := range l.Attached {
		lines = append(lines, fmt.Sprintf("    %s  %10s  %s", f.SHA256.Short(), evaluate.Count(f.Size), f.Path))
	}
	for _, s := range l.Evidence {
		kind := s.Kind[strings.LastIndex(strings.TrimSuffix(string(s.Kind), "/v1"), "/")+1:]
		lines = append(lines, fmt.Sprintf("  %s %s  %s, issued %s, expires %s, by %s %s", strings.TrimSuffix(string(kind), "/v1"), s.Digest.Short(), s.Verdict,
			s.Issued.Format("2006-01-02 15:04"), s.Expires.Format("2006-01-02"), s.Signer.Subject, s.Problem))
	}
	for i, line := range lines {
		lines[i] = cards.Visible(line)
	}
	return lines
}
