package registrytest

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
)

func testInstance(t *testing.T, s *registry.Store) {
	one, err := s.Instance(t.Context())
	if err != nil || one == "" {
		t.Fatalf("%q, %v", one, err)
	}
	two, err := s.Instance(t.Context())
	if err != nil || one != two {
		t.Errorf("%q, then %q, %v", one, two, err)
	}
}

func testVersions(t *testing.T, s *registry.Store) {
	w, other := world(t, s, "org/fraud"), world(t, s, "churn")
	if _, err := s.Versions(t.Context(), "org/fraud"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("versions of a model without any: %v", err)
	}
	instance, _ := s.Instance(t.Context())
	var made []evidence.Version
	for i, text := range []string{"a", "b", "c"} {
		v := w.register(t, text)
		if v.Number != strconv.Itoa(i+1) || v.Model != "org/fraud" || v.Registry != instance || v.Created.IsZero() || v.Source == "" {
			t.Errorf("version %d is %+v", i+1, v)
		}
		made = append(made, v)
	}
	if v := other.register(t, "a"); v.Number != "1" {
		t.Errorf("the first version of another model has number %s", v.Number)
	}
	for _, v := range made {
		again, err := s.Version(t.Context(), v.Model, v.Number)
		if err != nil || !reflect.DeepEqual(again, v) {
			t.Errorf("made was %+v, read is %+v, %v", v, again, err)
		}
	}
	all, err := s.Versions(t.Context(), "org/fraud")
	if err != nil || !slices.Equal(Numbers(all), []string{"1", "2", "3"}) {
		t.Errorf("versions %q, %v", Numbers(all), err)
	}
	models, err := s.Models(t.Context())
	if slices.Sort(models); err != nil || !slices.Equal(models, []string{"churn", "org/fraud"}) {
		t.Errorf("models %q, %v", models, err)
	}
	for _, number := range []string{"", "4", "0", "-1", "01", "+1", " 1", "1 ", "1\n", "1_0", "１", "1e0", "latest", "9223372036854775808"} {
		if _, err := s.Version(t.Context(), "org/fraud", number); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("version %q: %v", number, err)
		}
	}
	if _, err := s.Version(t.Context(), "fraud", "1"); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("version of a model that is not there: %v", err)
	}
	blobs, err := s.Artifacts(t.Context(), made[1])
	if err != nil || len(blobs) != 2 {
		t.Fatalf("%d artifacts, %v", len(blobs), err)
	}
	if got := read(t, blobs[0]); blobs[0].Path != "model.onnx" || got != "b" {
		t.Errorf("%s holds %q", blobs[0].Path, got)
	}
	if last := w.last(t); last.Act != evidence.Registered || last.Version != "3" || last.Manifest != made[2].Manifest.Digest() || last.By != By() {
		t.Errorf("the log has %+v", last)
	}
}

// testCreateOnce: the same files are one version of a model, however many register them at once.
func testCreateOnce(t *testing.T, s *registry.Store) {
	w, other := world(t, s, "m"), world(t, s, "n")
	type created struct {
		v    evidence.Version
		made bool
		err  error
	}
	const callers = 8
	results := make(chan created, callers)
	for i := range callers {
		go func() { // somebody else's lineage makes no other files of them
			v, made, err := s.Create(t.Context(), "m", Files("a"), evidence.Lineage{Run: strconv.Itoa(i)}, By())
			results <- created{v, made, err}
		}()
	}
	var all []created
	times := 0
	for range callers {
		r := <-results
		if r.err != nil {
			t.Fatal(r.err)
		}
		if r.made {
			times++
		}
		if all = append(all, r); !reflect.DeepEqual(r.v, all[0].v) {
			t.Errorf("one gets %+v, another %+v", all[0].v, r.v)
		}
	}
	if vs, err := s.Versions(t.Context(), "m"); err != nil || len(vs) != 1 || times != 1 || w.count(t, evidence.Registered) != 1 {
		t.Errorf("versions %q, %v, made %d times, logged %d times", Numbers(vs), err, times, w.count(t, evidence.Registered))
	}
	files := Files("a")
	slices.Reverse(files)
	if v, made, err := s.Create(t.Context(), "m", files, evidence.Lineage{}, By()); err != nil || made || v.Number != "1" {
		t.Errorf("in another order: %s, %v, %v", v, made, err)
	}
	if v, made, err := s.Create(t.Context(), "m", Files("b"), evidence.Lineage{}, By()); err != nil || !made || v.Number != "2" {
		t.Errorf("other files: %s, %v, %v", v, made, err)
	}
	if v, made, err := s.Create(t.Context(), "n", Files("a"), evidence.Lineage{}, By()); err != nil || !made || v.Number != "1" {
		t.Errorf("another model: %s, %v, %v", v, made, err)
	}
	other.audit(t)
}

func testCreateRefuses(t *testing.T, s *registry.Store) {
	wrong := Blob("model.onnx", "what was announced")
	wrong.Open = Blob("", "something else, as long").Open
	short := Blob("model.onnx", "weights")
	short.Open = Blob("", "weigh").Open
	long := Blob("model.onnx", "weights")
	long.Open = Blob("", "weights and more").Open
	broken := Blob("model.onnx", "weights")
	broken.Open = func(context.Context) (io.ReadCloser, error) { return nil, errors.New("broken") }
	for name, files := range map[string][]registry.Blob{
		"no files":          nil,
		"other bytes":       {wrong},
		"too few bytes":     {short},
		"too many bytes":    {long},
		"unreadable":        {Blob("a", "a"), broken},
		"the same twice":    {Blob("a", "a"), Blob("a", "b")},
		"out of the folder": {Blob("../a", "a")},
		"absolute":          {Blob("/a", "a")},
		"differ in case":    {Blob("a", "a"), Blob("A", "b")},
	} {
		if v, _, err := s.Create(t.Context(), "m", files, evidence.Lineage{}, By()); err == nil {
			t.Errorf("%s: version %s was made", name, v)
		}
	}
	for _, model := range []string{"", "/m", "m/", "a//b", " m", "m ", "m\n", "a\x00b", "a\u202eb", "a\u200bb", "a@b", "models:/m", "\xff", strings.Repeat("m", 257)} {
		if v, _, err := s.Create(t.Context(), model, Files("a"), evidence.Lineage{}, By()); err == nil {
			t.Errorf("model %q: version %s was made", model, v)
		}
	}
	if models, err := s.Models(t.Context()); err != nil || len(models) > 0 {
		t.Errorf("there are models %q, %v", models, err)
	}
	if v, _, err := s.Create(t.Context(), "m", Files("a"), evidence.Lineage{}, By()); err != nil || v.Number != "1" {
		t.Errorf("the first version after refusals is %s, %v", v, err)
	}
}

func testAttachments(t *testing.T, s *registry.Store) {
	w := world(t, s, "m")
	v, other := w.register(t, "a"), w.register(t, "b")
	old, card := Blob("gates.json", "old"), Blob("card.json", "card")
	newest := Blob("gates.json", "new")
	for _, b := range []registry.Blob{old, card, newest, newest} {
		if err := s.Attach(t.Context(), v, b); err != nil {
			t.Fatal(err)
		}
	}
	attached := func(v evidence.Version) (files []evidence.File) {
		blobs, err := s.Attachments(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blobs {
			if got := evidence.DigestOf([]byte(read(t, b))); got != b.SHA256 {
				t.Errorf("%s hashes to %s, not to %s", b.Path, got, b.SHA256)
			}
			files = append(files, b.File)
		}
		return files
	}
	if got, want := attached(v), []evidence.File{card.File, newest.File}; !slices.Equal(got, want) {
		t.Errorf("attached are %v, want %v", got, want)
	}
	if got := attached(other); len(got) > 0 {
		t.Errorf("another version has %v", got)
	}
	b, err := s.Attachment(t.Context(), v, old.SHA256)
	if err != nil || b.File != old.File || read(t, b) != "old" {
		t.Errorf("the older one is %v, %v", b.File, err)
	}
	if _, err := s.Attachment(t.Context(), other, old.SHA256); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("it is attached to another version too: %v", err)
	}
	wrong := newest
	wrong.Open = old.Open
	if err := s.Attach(t.Context(), v, wrong); err == nil {
		t.Error("other bytes than announced were attached")
	}
	if err := s.Attach(t.Context(), evidence.Version{Registry: v.Registry, Model: "m", Number: "9"}, card); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("attached to a version that is not there: %v", err)
	}
	elsewhere := v
	elsewhere.Registry = "another"
	if err := s.Attach(t.Context(), elsewhere, card); !errors.Is(err, registry.ErrNotFound) {
		t.Errorf("attached to a version of another registry: %v", err)
	}
	again, err := s.Version(t.Context(), "m", "1")
	if err != nil || !reflect.DeepEqual(again, v) {
		t.Errorf("the version was %+v, and is %+v, %v", v, again, err)
	}
}

func read(t *testing.T, b registry.Blob) string {
	t.Helper()
	from, err := b.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(from)
	if err := errors.Join(err, from.Close()); err != nil {
		t.Fatal(err)
	}
	return string(text)
}
