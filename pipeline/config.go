package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/schema"
)

// DefaultConfig and DefaultRegistry are used where nothing else is named.
const (
	DefaultConfig   = "gatecard.yaml"
	DefaultRegistry = "sqlite:registry.db"
	DefaultOut      = "gatecard-out"
)

// Config is gatecard.yaml: the policy's keys, and beside them what changes no verdict.
type Config struct {
	Model string          `json:"model"`
	Data  evaluate.Config `json:"data"`
	gates.Policy
	Metrics  []string      `json:"metrics,omitempty"` // shown; those that gates name are added; default: a full set
	Lineage  Origin        `json:"lineage,omitzero"`
	Card     string        `json:"card,omitempty"`     // card.yaml
	Registry string        `json:"registry,omitempty"` // sqlite:registry.db; a path is relative to this file
	Notify   notify.Config `json:"notify,omitzero"`

	Words cards.Words `json:"-"` // what the file at Card says
	file  string      // where it was read from
	words []byte      // the file at Card as it is written
	doc   *schema.Document
	input *table.Source // standard input
}

// Origin is `lineage:`: where a version's data and training run are named. A value is a text, "env:NAME", or (of data) a file, whose digest
// is then the data's version.
type Origin struct {
	Data   string `json:"data,omitempty"`
	RunID  string `json:"run_id,omitempty"`
	Parent string `json:"parent,omitempty"`
}

// Load reads gatecard.yaml and the card that it names. What is wrong in either is [schema.Problems].
func Load(file string) (Config, error) {
	c := Config{file: file}
	d, _, err := read(file, "gatecard", &c)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, usage("no-config", "there is no %s: `gatecard init predictions.parquet` writes one", file)
	case err != nil:
		return c, readable(err)
	}
	c.doc = d
	errs := []error{c.Data.Check(d), c.Policy.Check(d), c.Data.Fits(c.Policy.Terms, d), c.check(d), c.Notify.Check(d.Sub("notify"))}
	if c.Card != "" {
		_, words, err := read(c.path(c.Card), "card", &c.Words)
		var ps schema.Problems
		switch {
		case errors.Is(err, fs.ErrNotExist):
			err = schema.Problems{{Position: d.At("card"), Code: "no-such-file", Message: fmt.Sprintf("there is no file %q", c.Card)}}
		case err != nil && !errors.As(err, &ps):
			err = schema.Problems{{Position: d.At("card"), Code: "unreadable", Message: readable(err).Error()}}
		}
		c.words = words
		errs = append(errs, err)
	}
	if c.Registry == "" {
		c.Registry = DefaultRegistry
	}
	c.input = new(table.Source)
	c.Data.Open = func(path string) ([]table.Source, error) { return c.sources(path) }
	return c, schema.Join(errs...)
}

// readable makes a file that the system would not read a mistake in naming it. What is wrong in the file stays as it is.
func readable(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return usage("unreadable", "read %s: %s", path.Path, path.Err)
	}
	return err
}

// read reads a file that a person wrote.
func read(file, kind string, v any) (*schema.Document, []byte, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	d, err := schema.Parse(file, b)
	if err != nil {
		return nil, b, err
	}
	return d, b, d.Decode(kind, v)
}

func (c Config) check(d *schema.Document) error {
	var ps schema.Problems
	for i, name := range c.Metrics {
		if _, err := evaluate.Lookup(name); err != nil {
			var found schema.Problems
			errors.As(err, &found)
			for _, p := range found {
				p.Position = d.At("metrics", i)
				ps = append(ps, p)
			}
		}
	}
	switch why := badModel(c.Model); {
	case !d.Has("model"):
		ps = append(ps, schema.Problem{Position: d.At("model"), Code: "missing-key", Message: `"model" is needed: its name in the registry`})
	case why != "":
		ps = append(ps, schema.Problem{Position: d.At("model"), Code: "bad-model", Message: fmt.Sprintf("%q is no model name: %s", c.Model, why)})
	}
	return schema.Join(ps)
}

// path is a path of the file, relative to the file's own folder.
func (c Config) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(filepath.Dir(c.file), p)
}

// source opens a file of rows that the configuration names; errors name it as it is written there.
func (c Config) source(path string) table.Source {
	s := table.FromFile(c.path(path))
	s.Name = path
	return s
}

// standardInput stands for it where a path of rows is asked for.
const standardInput = "-"

// SetInput makes "-" in place of a path the rows that r gives. They are read once.
func (c *Config) SetInput(r io.Reader) { *c.input = table.FromReader("standard input", r) }

// sources opens the files of rows that a path means; errors name them as the configuration would write them.
func (c Config) sources(path string) ([]table.Source, error) {
	if path == standardInput {
		if c.input.Open == nil {
			return nil, usage("usage", "there is no standard input to read rows from")
		}
		return []table.Source{*c.input}, nil
	}
	all, err := table.FromPath(c.path(path))
	if err != nil {
		return nil, err
	}
	if len(all) == 1 && all[0].Name == c.path(path) {
		all[0].Name = path
		return all, nil
	}
	for i, s := range all {
		if name, err := filepath.Rel(filepath.Dir(c.file), s.Name); err == nil && !filepath.IsAbs(path) {
			all[i].Name = filepath.ToSlash(name)
		}
	}
	return all, nil
}

// SetData makes the rows those of a file that a flag names, relative to the working directory.
func (c *Config) SetData(path string) error {
	to := &c.Data.Path
	if c.Data.Reported != "" {
		to = &c.Data.Reported
	}
	if path == standardInput {
		*to = path
		return nil
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	*to = absolute
	here, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	inner := c.Data.Open
	c.Data.Open = func(p string) ([]table.Source, error) {
		all, err := inner(p)
		switch {
		case p != absolute:
		case len(all) == 1 && all[0].Below == "":
			all[0].Name = path
		case !filepath.IsAbs(path):
			for i, s := range all {
				if name, err := filepath.Rel(here, s.Name); err == nil {
					all[i].Name = filepath.ToSlash(name)
				}
			}
		}
		return all, err
	}
	return nil
}

// needs are the figures that the run computes: those that gates ask for, and those to show.
func (c Config) needs() evaluate.Needs {
	shown := c.Metrics
	if len(shown) == 0 {
		shown = evaluate.Shown(c.Data, c.Policy.Terms)
	}
	return c.Policy.Needs().Also(shown...)
}

// profile makes or reads the baseline, where drift is asked for and there is one, and puts into the policy which it is: another baseline is
// another policy. A file that states one is held to it.
func (c *Config) profile(ctx context.Context) (*evaluate.Baseline, error) {
	b, err := c.measure(ctx, c.needs())
	if err != nil || b == nil {
		return b, err
	}
	if c.Policy.Baseline != "" && c.Policy.Baseline != b.Dataset {
		return nil, schema.Problems{{Position: c.doc.At("baseline"), Code: "baseline-changed",
			Message: fmt.Sprintf("\"baseline\" is %s here, and the rows of %s are %s", c.Policy.Baseline.Short(), c.Data.Baseline, b.Dataset.Short())}}
	}
	c.Policy.Baseline = b.Dataset
	return b, nil
}

// locate turns a column that the data lacks into a problem at the place that names it, and one that has no place, of a baseline or another
// version that is not there, into one at the first gate that asks for it.
func (c Config) locate(err error) error {
	var ps schema.Problems
	if errors.As(err, &ps) {
		for i, p := range ps { // of results, of which a key names the file
			if at := map[string]string{"not-reported": "reported", "ambiguous-figure": "reported", "unknown-variant": "variant"}[p.Code]; at != "" && p.Position == (schema.Position{}) {
				ps[i].Position = c.doc.At("data", at)
			}
		}
		key := map[string]string{"no-baseline": "drift", "no-rival": "versus"}
		for i, p := range ps {
			for g := range c.Gates {
				if p.Position == (schema.Position{}) && key[p.Code] != "" && c.doc.Has("gates", g, key[p.Code]) {
					ps[i].Position = c.doc.At("gates", g, key[p.Code])
					break
				}
			}
		}
		return err
	}
	var bad *table.Error
	if !errors.As(err, &bad) || bad.Code != "no-such-column" {
		return err
	}
	places := [][]any{{"label"}, {"data", "id"}, {"data", "score"}, {"data", "prediction"}, {"data", "compare", "champion"}}
	for i := range c.Groups {
		places = append(places, []any{"groups", i, "column"}, []any{"groups", i, "name"})
	}
	for i := range c.Gates {
		for j := range 100 {
			if !c.doc.Has("gates", i, "columns", j) {
				break
			}
			places = append(places, []any{"gates", i, "columns", j})
		}
		places = append(places, []any{"gates", i, "columns"})
	}
	p := schema.Problem{Position: schema.Position{File: c.file}, Code: bad.Code, Suggest: bad.Suggest,
		Message: fmt.Sprintf("%q is no column of %s", bad.Column, bad.File)}
	for _, place := range places {
		if text, ok := c.doc.Text(place...); ok && text == bad.Column {
			p.Position = c.doc.At(place...)
			break
		}
	}
	return schema.Problems{p}
}

// inputs are the files that the configuration reads: --out must not write over them.
func (c Config) inputs() []string {
	files := []string{c.file}
	for _, p := range []string{c.Data.Path, c.Data.Reported, c.Data.Labels, c.Data.Baseline, c.Card} {
		if p != "" {
			files = append(files, c.path(p))
		}
	}
	for _, p := range c.Data.Compare {
		files = append(files, c.path(p))
	}
	return files
}

// Address is the registry's, its path made relative to the working directory.
func (c Config) Address() string {
	scheme, path, ok := strings.Cut(c.Registry, ":")
	if !ok || scheme != "sqlite" {
		return c.Registry
	}
	return scheme + ":" + c.path(path)
}
