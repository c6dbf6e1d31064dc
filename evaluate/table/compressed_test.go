package table

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// packers compress as each packing does, by its name.
func packers(t testing.TB) map[string]func([]byte) []byte {
	return map[string]func([]byte) []byte{
		"gzip": func(b []byte) []byte {
			var out bytes.Buffer
			w := gzip.NewWriter(&out)
			if _, err := w.Write(b); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			return out.Bytes()
		},
		"zstd": func(b []byte) []byte {
			w, err := zstd.NewWriter(nil)
			if err != nil {
				t.Fatal(err)
			}
			return w.EncodeAll(b, nil)
		},
	}
}

// What a compressed file holds gives the same columns, whatever the file is called, in one part or several. The digest is of the file.
func TestCompressed(t *testing.T) {
	cs := []Column{
		{Name: "id", Type: Integer, Texts: []string{"1", "2", "3"}},
		{Name: "score", Type: Float64, Numbers: []float64{0.25, 0.5, 1}},
		{Name: "group", Type: Text, Texts: []string{"a", "b, c", "ü"}},
	}
	if len(packings()) != len(packers(t)) {
		t.Fatalf("%d packings and %d packers", len(packings()), len(packers(t)))
	}
	want := []Want{{"score", Number}, {"group", Code}, {"id", Value}}
	for format, write := range writers() {
		plain, err := write(cs)
		if err != nil {
			t.Fatal(err)
		}
		name := "x." + strings.ToLower(format)
		columns, err := load(t.Context(), name, plain, want...)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packings() {
			pack := packers(t)[p.name]
			for _, ending := range append(p.endings, strings.ToUpper(p.endings[0]), "") {
				half := len(plain) / 2
				for kind, b := range map[string][]byte{"whole": pack(plain), "in two parts": append(pack(plain[:half]), pack(plain[half:])...)} {
					ta, err := Open(t.Context(), source(name+ending, b))
					if err != nil {
						t.Errorf("%s%s, %s: %v", name, ending, kind, err)
						continue
					}
					got, err := gathered(t.Context(), ta, want, 2)
					if err != nil {
						t.Fatal(err)
					}
					for i := range columns {
						if err := same(columns[i], got[i]); err != nil {
							t.Errorf("%s%s, %s: %v", name, ending, kind, err)
						}
					}
					sum := sha256.Sum256(b)
					if in := ta.Input; in.Size != int64(len(b)) || in.Path != name+ending || string(in.SHA256) != "sha256:"+hex.EncodeToString(sum[:]) {
						t.Errorf("%s%s: %v", name, ending, in)
					}
					if err := ta.Close(); err != nil {
						t.Error(err)
					}
				}
			}
		}
	}
}

func TestBadCompression(t *testing.T) {
	row := []byte("x,y\n" + strings.Repeat("1,2\n", 500))
	for kind, pack := range packers(t) {
		whole := pack(row)
		flipped := bytes.Clone(whole)
		flipped[len(flipped)-3] ^= 1
		for name, c := range map[string]struct {
			b          []byte
			code, want string
		}{
			"twice":             {pack(whole), codePacked, "compressed with " + kind},
			"a zip within":      {pack([]byte("PK\x03\x04")), codePacked, "compressed with zip"},
			"nothing within":    {pack(nil), codeEmpty, "nothing but its compression"},
			"another checksum":  {flipped, codeUnpacked, "its checksum is another"},
			"something behind":  {append(bytes.Clone(whole), "something else, and more of it"...), codeUnpacked, "something else follows it"},
			"no format within":  {pack([]byte("\x00\x01")), codeFormat, "not a file of a known format"},
			"a bad file within": {pack([]byte("x,y\n1\n")), codeRagged, "x.dat." + kind + ": row 1 has 1 cells"},
		} {
			file := "x.dat." + kind
			if c.code == codeRagged {
				file = "x.csv"
				c.want = "x.csv: row 1 has 1 cells"
			}
			_, err := Open(t.Context(), source(file, c.b))
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s, %s: got %v, want %s: %s", kind, name, err, c.code, c.want)
			}
		}
		for n := range whole {
			_, err := Open(t.Context(), source("x.csv", whole[:n]))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%s cut at %d of %d: %v", kind, n, len(whole), err)
			}
		}
	}
}

// What is small and unpacks to very much is stopped soon after the free part, in however many pieces it comes; rows that are all alike are no bomb.
func TestBomb(t *testing.T) {
	for _, p := range packings() {
		alike := packers(t)[p.name](bytes.Repeat([]byte("0.5,1\n"), 1<<18))
		for free, bomb := range map[int64][]byte{1 << 10: packers(t)[p.name](make([]byte, 4<<20)), 1 << 20: bytes.Repeat(packers(t)[p.name](make([]byte, 2<<20)), 8)} {
			s, err := p.unpack(t.Context(), "x", inMemory{bytes.NewReader(bomb)}, free)
			var e *Error
			if !errors.As(err, &e) || e.Code != codeUnpacked || !strings.Contains(err.Error(), "which no honest table does") || s != nil {
				t.Errorf("%s, %d bytes: %v", p.name, len(bomb), err)
			}
			if s, err = p.unpack(t.Context(), "x", inMemory{bytes.NewReader(alike)}, unpackedFree); err != nil || s.Size() != 6<<18 {
				t.Errorf("%s, rows that are alike: %v", p.name, err)
			}
		}
	}
}

// A disk that fails is not the compression's fault.
func TestCompressedOnABadDisk(t *testing.T) {
	b := packers(t)["gzip"]([]byte("x\n" + strings.Repeat("1\n", 100)))
	f := &changing{inMemory: inMemory{bytes.NewReader(b)}, after: 1, change: func([]byte, int64) (int, error) { return 0, errors.New("input/output error") }}
	for reads := range 2 {
		f.reads = reads
		_, _, err := unpacked(t.Context(), "x.csv.gz", f, b[:4])
		if reads == 0 && err != nil || reads == 1 && (err == nil || err.Error() != "x.csv.gz: could not be read: input/output error") {
			t.Errorf("after %d reads: %v", reads, err)
		}
	}
}

// What does not fit into memory goes into a file that nobody else sees.
func TestSpool(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	all := bytes.Repeat([]byte("0123456789"), 300_000)
	for _, inMemory := range []int64{0, 1 << 20, 1 << 30} {
		s, err := newSpool(t.Context(), bytes.NewReader(all), inMemory, func(int64) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		if (s.file != nil) != (inMemory < int64(len(all))) || s.Size() != int64(len(all)) {
			t.Errorf("%d in memory: file %v, size %d", inMemory, s.file, s.Size())
		}
		got, err := io.ReadAll(io.NewSectionReader(s, 0, s.Size()))
		if err != nil || !bytes.Equal(got, all) {
			t.Errorf("%d in memory: %d bytes, %v", inMemory, len(got), err)
		}
		if left, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(left) > 0 && s.name == "" {
			t.Errorf("%v is there, %v", left, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "none"))
	var system *errSpool
	if _, err := newSpool(t.Context(), bytes.NewReader(all), 0, func(int64) error { return nil }); !errors.As(err, &system) {
		t.Errorf("no folder: %v", err)
	}
}

// A disk that is full of temporary files is no mistake of the data, nor is their folder's absence that of the file.
func TestSpoolOnABadDisk(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	_, err := Open(t.Context(), FromReader("-", io.MultiReader(strings.NewReader("x\n"), io.LimitReader(zeros{}, spoolMemory))))
	var e *Error
	if err == nil || errors.As(err, &e) || !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "keep what - gives in a temporary file: ") {
		t.Errorf("%v", err)
	}
}

// zeros is a stream of lines "0".
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = "0\n"[i%2]
	}
	return len(b), nil
}

// A stream is read once, and opened as often as wanted.
func TestFromReader(t *testing.T) {
	in, out := io.Pipe()
	go func() {
		for i := range 1000 {
			if _, err := fmt.Fprintf(out, "%s%d,%d\n", map[bool]string{true: "x,y\n"}[i == 0], i, 2*i); err != nil {
				return
			}
		}
		_ = out.Close()
	}()
	s := FromReader("-", in)
	for range 2 {
		ta, err := Open(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ta.Load(t.Context(), []Want{{"y", Number}})
		if err != nil || got[0].Len() != 1000 || got[0].Numbers[999] != 1998 || ta.Input.Path != "-" || ta.Input.Size == 0 || ta.Input.SHA256 == "" {
			t.Errorf("%v, %v", ta.Input, err)
		}
		if err := ta.Close(); err != nil {
			t.Error(err)
		}
	}
	_, err := Open(t.Context(), FromReader("-", strings.NewReader("")))
	var e *Error
	if !errors.As(err, &e) || e.Code != codeEmpty {
		t.Errorf("nothing came: %v", err)
	}
	if _, err := Open(t.Context(), FromReader("-", failingReader{})); err == nil || !strings.Contains(err.Error(), "-: could not be read: broken pipe") {
		t.Errorf("a broken pipe: %v", err)
	}
	// Who waits for a stream that gives nothing can be told to stop.
	silent, hold := io.Pipe()
	defer hold.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, FromReader("-", silent)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled: %v", err)
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("broken pipe") }

func FuzzCompressed(f *testing.F) {
	for _, pack := range packers(f) {
		f.Add(pack([]byte("x,y\n1,2\n")))
		f.Add(append(pack([]byte("x,y\n1,")), pack([]byte("2\n"))...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := everything(t.Context(), "x.csv", b)
		var e *Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v is no *Error", err)
		}
	})
}
