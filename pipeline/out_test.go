package pipeline

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

// list is what a folder holds: "gates.json=text" of each file.
func list(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			b = []byte("(folder)")
		}
		all = append(all, e.Name()+"="+string(b))
	}
	return strings.Join(all, " ")
}

func old(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{evaluationFile, gatesFile} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const untouched = "evaluation.json=old gates.json=old"

// TestReplaceAllOrNothing: what cannot be written whole leaves the folder as it was, with no temporary file.
func TestReplaceAllOrNothing(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	broken := blob(gatesFile, []byte("new"))
	broken.Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("the disk failed") }
	for name, c := range map[string]struct {
		ctx   context.Context
		files []registry.Blob
	}{
		"interrupted":     {interrupted, []registry.Blob{blob(evaluationFile, []byte("new")), blob(gatesFile, []byte("new"))}},
		"the second file": {t.Context(), []registry.Blob{blob(evaluationFile, []byte("new")), broken}},
		"a path outside":  {t.Context(), []registry.Blob{blob(evaluationFile, []byte("new")), blob("../x", []byte("new"))}},
	} {
		folder := old(t)
		if err := writeAll(c.ctx, folder, c.files); err == nil {
			t.Errorf("%s: no error", name)
		}
		if got := list(t, folder); got != untouched {
			t.Errorf("%s: the folder holds %s", name, got)
		}
	}
}

// TestReplaceAllAfterKill: what a killed run left goes, also of files that this run does not write.
func TestReplaceAllAfterKill(t *testing.T) {
	folder := old(t)
	for _, name := range []string{evidenceFile, gatesFile} {
		if err := os.WriteFile(filepath.Join(folder, temporary(name)), []byte("half"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeAll(t.Context(), folder, []registry.Blob{blob(gatesFile, []byte("new")), blob(evaluationFile, []byte("new"))}); err != nil {
		t.Fatal(err)
	}
	if got, want := list(t, folder), "evaluation.json=new gates.json=new"; got != want {
		t.Errorf("the folder holds %s, want %s", got, want)
	}
}

// TestReplaceAllOrder: a run that is killed between two renames leaves what the next one knows as gatecard's.
func TestReplaceAllOrder(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "README.md"), 0o777); err != nil { // nothing can be renamed over it
		t.Fatal(err)
	}
	evaluation, card := `{"schema":"`+evaluate.SchemaID+`"}`, `{"schema":"`+cards.SchemaID+`"}`
	err := replaceAll(t.Context(), folder, []registry.Blob{
		blob("README.md", []byte("new")), blob(gatesFile, []byte("new")), blob(cardFile, []byte(card)), blob(evaluationFile, []byte(evaluation)),
	})
	if err == nil {
		t.Fatal("renamed over a folder")
	}
	if got, want := list(t, folder), "README.md=(folder) card.json="+card+" evaluation.json="+evaluation; got != want {
		t.Errorf("the folder holds %s, want %s", got, want)
	}
	if !ours(folder, "README.md") || !ours(folder, evidenceFile) || !ours(folder, gatesFile) {
		t.Error("the next run would not know these files as gatecard's")
	}
}

// TestClassify gives each kind of error its exit's kind and its code.
func TestClassify(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		kind Kind
		code string
	}{
		"a refusal":         {evidence.Refusal{Reason: evidence.GateFailed}, Refused, "gate-failed"},
		"a bad record":      {&evidence.LogError{Reason: evidence.LogForked}, Refused, "log-forked"},
		"a stranger's key":  {errors.Join(registry.ErrUntrusted), Refused, "key-untrusted"},
		"damaged bytes":     {errors.Join(registry.ErrDamaged), Refused, "stored-bytes-damaged"},
		"a missing version": {errors.Join(registry.ErrNotFound), Usage, "not-found"},
		"a lost race":       {errors.Join(registry.ErrMoved), Outside, "overtaken"},
		"a missing file":    {missing("read", os.ErrNotExist), Data, "no-such-file"},
		"a closed file":     {missing("read", os.ErrPermission), Data, "unreadable"},
		"wrong use":         {usage("bad-out", "x"), Usage, "bad-out"},
		"anything else":     {errors.New("x"), Outside, "outside-failure"},
	} {
		if kind, code := Classify(c.err); kind != c.kind || code != c.code {
			t.Errorf("%s: kind %d, %s; want %d, %s", name, kind, code, c.kind, c.code)
		}
	}
}
