package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/compliance"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// Export says what a framework asks for and what there is to show about a version, and makes the dossier: all there is, as one zip that
// verifies offline.
func Export(ctx context.Context, job *Job, name, framework string) (compliance.Matrix, []byte, error) {
	f, err := compliance.Named(framework)
	if err != nil {
		return compliance.Matrix{}, nil, usage("unknown-framework", "%s", err)
	}
	if _, err := job.must(ctx); err != nil {
		return compliance.Matrix{}, nil, err
	}
	v, err := job.version(ctx, name)
	if err != nil {
		return compliance.Matrix{}, nil, err
	}
	d, err := dossier(ctx, job, v)
	if err != nil {
		return compliance.Matrix{}, nil, err
	}
	var zip bytes.Buffer
	if err := compliance.WriteZip(&zip, d); err != nil {
		return compliance.Matrix{}, nil, err
	}
	return compliance.NewMatrix(f, d), zip.Bytes(), nil
}

// dossier gathers all there is about a version: its evidence and rechecks, the files bound by the evidence that let it in, and the log about its
// model.
func dossier(ctx context.Context, job *Job, v evidence.Version) (compliance.Dossier, error) {
	d := compliance.Dossier{At: moment(job.Now()), Attached: map[string][]byte{}}
	bundles, err := job.store.Evidence(ctx, v)
	if err != nil {
		return d, err
	}
	trust, err := job.store.Trust(ctx)
	if err != nil {
		return d, err
	}
	let, in, err := registry.LetInBy(ctx, job.store, v)
	if err != nil {
		return d, err
	}
	// The evidence that the files are held to comes last: that by which the version was let in, else the newest.
	if in {
		is := func(b evidence.Bundle) bool { return b.Envelope.Digest() == let.Envelope.Digest() }
		bundles = append(slices.DeleteFunc(slices.Clone(bundles), is), let)
	}
	for _, b := range bundles {
		s, _, err := evidence.Open(b.Envelope, trust, job.Now())
		if err != nil {
			return d, fmt.Errorf("open the evidence of %s: %w", v, err)
		}
		if s.Kind == evidence.Recheck {
			d.Rechecks = append(d.Rechecks, b)
			continue
		}
		d.Evidence, d.Statement = append(d.Evidence, b), &s
	}
	for _, path := range []string{evaluationFile, gatesFile, cardFile, filledFile, baselineFile} {
		b, ok, err := boundFile(ctx, job.store, d.Statement, path)
		if err != nil {
			return d, err
		}
		if !ok {
			continue
		}
		if d.Attached[path], err = readBlob(ctx, b); err != nil {
			return d, fmt.Errorf("%s of %s: %w", path, v, err)
		}
	}
	if b, ok := d.Attached[cardFile]; ok {
		d.Card = &cards.Card{}
		if err := schema.Decode("filled-card", cardFile, b, d.Card); err != nil {
			return d, err
		}
	}
	leaves, checkpoint, err := job.store.Leaves(ctx)
	if err != nil {
		return d, err
	}
	return d, d.TakeLog(leaves, checkpoint, v.Model)
}

// FrameworkNames lists the frameworks.
func FrameworkNames() []string {
	all, err := compliance.Frameworks()
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range all {
		names = append(names, f.Name)
	}
	return names
}

// WriteExport writes the dossier and the matrix (JSON and Markdown) into a folder, and answers the dossier's path.
func WriteExport(ctx context.Context, folder string, m compliance.Matrix, dossier []byte) (string, error) {
	var asJSON, markdown bytes.Buffer
	if err := m.WriteJSON(&asJSON); err != nil {
		return "", err
	}
	if err := m.WriteMarkdown(&markdown); err != nil {
		return "", err
	}
	name := "dossier-" + strings.NewReplacer("/", "-", "@", "-").Replace(m.Version) + ".zip"
	files := []registry.Blob{blob(name, dossier), blob(m.Framework+".json", asJSON.Bytes()), blob(m.Framework+".md", markdown.Bytes())}
	return filepath.Join(folder, name), replaceAll(ctx, folder, files)
}
