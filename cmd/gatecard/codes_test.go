package main

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/pipeline"
)

// codesInSource are the ways in which a code is written down: a field, a call of one of the helpers, a constant, or a code before its message.
var codesInSource = []*regexp.Regexp{
	regexp.MustCompile(`\bCode:\s*"([a-z0-9-]+)"`),
	regexp.MustCompile(`\b(?:usage|problem|UsageError\{|DataError\{)\(?"([a-z0-9-]+)"`),
	regexp.MustCompile(`\bReason\s*=\s*"([a-z0-9-]+)"`),
	regexp.MustCompile(`\bcode[A-Z]\w*\s*=\s*"([a-z0-9-]+)"`),
	regexp.MustCompile(`\breturn "([a-z]+-[a-z-]+)"\n`),
	regexp.MustCompile(`"([a-z]+(?:-[a-z]+)+)",\s*(?:fmt\.Sprintf\()?(?:"[^"]* [^"]*"|` + "`[^`]* [^`]*`" + `)`),
}

// notCodes look like codes and are none, or are told of files that are part of the binary, which nobody sees.
var notCodes = []string{
	"my-model", "eu-ai-act",
	"tabular-classification", "tabular-regression", // a Hub's tasks
	"bad-id", "duplicate-id", "no-date", "other-owner", "unknown-owner", "unknown-path", // of frameworks
}

// TestCodesExplained looks for every code that the source can print, and asks that `gatecard explain` knows it.
func TestCodesExplained(t *testing.T) {
	known := pipeline.Explanations()
	found := map[string]string{}
	for _, folder := range []string{"schema", "evidence", "evaluate", "gates", "cards", "registry", "render", "compliance", "notify", "pipeline", "cmd"} {
		err := fs.WalkDir(os.DirFS("../.."), folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(filepath.Join("../..", path))
			for _, r := range codesInSource {
				for _, m := range r.FindAllSubmatch(b, -1) {
					found[string(m[1])] = path
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(found) < 100 {
		t.Fatalf("only %d codes were found in the source: the patterns no longer fit it", len(found))
	}
	for _, code := range slices.Sorted(maps.Keys(found)) {
		if _, ok := known[code]; !ok && !slices.Contains(notCodes, code) {
			t.Errorf("%s writes %q, and no package's Codes() explains it", found[code], code)
		}
	}
}

// TestExplainEverything runs `gatecard explain` for each code that `gatecard explain codes` lists.
func TestExplainEverything(t *testing.T) {
	explain := func(code string) (string, int) {
		var stdout, stderr bytes.Buffer
		exit := run(t.Context(), []string{"explain", code}, &stdout, &stderr)
		return stdout.String() + stderr.String(), exit
	}
	list, exit := explain("codes")
	codes := strings.Fields(list)
	if exit != exitPassed || len(codes) < 100 {
		t.Fatalf("explain codes: exit %d, %d codes", exit, len(codes))
	}
	for _, code := range codes {
		text, exit := explain(code)
		if exit != exitPassed || len(strings.Fields(text)) < 5 {
			t.Errorf("explain %s: exit %d: %q", code, exit, text)
		}
		if strings.Contains(text, "TODO") {
			t.Errorf("explain %s is not written yet: %q", code, text)
		}
	}
}
