package reported

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/gatecard/gatecard/schema"
)

// part is an entry of an archive that a test makes.
type part struct {
	name   string
	method uint16
	b      []byte // as stored, for method 93
}

func archive(t testing.TB, parts ...part) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zstdInZip, func(w io.Writer) (io.WriteCloser, error) { return nopWriter{w}, nil })
	for _, p := range parts {
		f, err := w.CreateHeader(&zip.FileHeader{Name: p.name, Method: p.method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(p.b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

type nopWriter struct{ io.Writer }

func (nopWriter) Close() error { return nil }

func frame(t testing.TB, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

func header(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/inspect.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestArchives(t *testing.T) {
	h := header(t)
	for name, parts := range map[string][]part{
		"stored":   {{"header.json", zip.Store, h}},
		"deflated": {{"header.json", zip.Deflate, h}},
	} {
		r, err := readBytes(archive(t, parts...))
		if err != nil || len(r.Rows) != len(inspectRows) {
			t.Errorf("%s: %d rows, %v", name, len(r.Rows), err)
		}
	}
	for name, c := range map[string]struct {
		in   []byte
		want string
	}{
		"the header twice": {archive(t, part{"header.json", zip.Store, h}, part{"header.json", zip.Store, h}), "bad-archive: the archive has two entries"},
		"not ended":        {archive(t, part{"_journal/start.json", zip.Store, h}), "unfinished-run"},
		"no zstd":          {archive(t, part{"header.json", zstdInZip, []byte("nothing of the kind")}), "bad-archive: header.json cannot be unpacked"},
		"another method":   {archive(t, part{"header.json", zip.Store, h})[:200], "bad-archive"},
		"a number":         {archive(t, part{"header.json", zip.Store, []byte("1")}), "unknown-results"},
		"a broken header":  {archive(t, part{"header.json", zip.Store, []byte(`{"version": 2,`)}), "results/header.json:1:15: json-syntax"},
		"not a log":        {archive(t, part{"header.json", zip.Store, []byte(`{}`)}), "missing-key"},
	} {
		_, err := readBytes(c.in)
		var ps schema.Problems
		if !errors.As(err, &ps) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// A bomb is told by what comes of it, whatever the archive's list says, and costs no more memory than the limit.
func TestBombs(t *testing.T) {
	zeros := frame(t, make([]byte, 32<<20))
	bomb := archive(t, part{"header.json", zstdInZip, bytes.Repeat(zeros, 40)}) // 1.25 GiB in several frames
	size := len(zeros) * 40
	// The list says how long the entry is when unpacked: an honest number, and a lie. The writer puts there what was written to it.
	for name, says := range map[string]uint32{"honest": 40 * 32 << 20, "a lie": uint32(size)} {
		b := bytes.Clone(bomb)
		at := bytes.Index(b, []byte("PK\x01\x02"))
		binary.LittleEndian.PutUint32(b[at+24:], says)
		_, err := readBytes(b)
		if err == nil || !strings.Contains(err.Error(), "too-big") && !strings.Contains(err.Error(), "bad-archive") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// A list of many entries is refused before it is in memory.
	var list bytes.Buffer
	w := zip.NewWriter(&list)
	for i := range 350_000 {
		if _, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("samples/%040d.json", i), Method: zip.Store}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := readBytes(list.Bytes()); err == nil || !strings.Contains(err.Error(), "bad-archive: the archive's list is longer") {
		t.Errorf("many entries: %v", err)
	}
}

// Cut at any byte, an archive errs.
func TestCutArchive(t *testing.T) {
	b, err := os.ReadFile("testdata/inspect_failed.eval")
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := readBytes(b[:n]); err == nil {
			t.Fatalf("cut at %d of %d: no error", n, len(b))
		}
	}
}
