package compliance

import (
	"bytes"
	"maps"
	"testing"
)

// Whatever the bytes: no panic, and nothing is well but what was written, file by file.
func FuzzVerifyZip(f *testing.F) {
	w := newWorld(f)
	good := zipOf(f, w.dossier())
	files, err := readZip(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := VerifyZip(bytes.NewReader(b), int64(len(b)), w.trust, w.now)
		if err != nil || !v.OK() {
			return
		}
		read, err := readZip(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		// The list and the readme are not signed: what is, must be there unchanged.
		for _, free := range []string{indexFile, readmeFile} {
			delete(read, free)
		}
		want := maps.Clone(files)
		for _, free := range []string{indexFile, readmeFile} {
			delete(want, free)
		}
		if !maps.EqualFunc(read, want, bytes.Equal) {
			t.Errorf("well, with other files than were written: %v", v.Met)
		}
	})
}

func FuzzParseFramework(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("items: [{id: A.1}]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		framework, err := ParseFramework("f.yaml", b)
		if err != nil {
			return
		}
		if len(framework.Items) == 0 || framework.Name == "" {
			t.Errorf("took a framework without items or name: %q", b)
		}
		Cover(framework, Dossier{})
	})
}
