package evidence

import (
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// The exact bytes (P8): whatever is done to a tree, its manifest is refused or has another digest.
func TestManifestMatrix(t *testing.T) {
	const changed, refused, same = "digest differs", "refused", "the same"
	mutations := []struct {
		name, want string
		do         func(t *testing.T, dir string, files []string)
	}{
		{"flip a bit", changed, func(t *testing.T, dir string, files []string) {
			edit(t, files[0], func(b []byte) []byte { b[len(b)/2] ^= 4; return b })
		}},
		{"add a file", changed, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, "added"), "x") }},
		{"add an empty file", changed, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, "added"), "") }},
		{"add a .git file", changed, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, ".git", "config"), "x") }},
		{"add a dot file", changed, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, ".gitignore"), "*") }},
		{"remove", changed, func(t *testing.T, _ string, files []string) {
			must(t, os.Remove(files[0]))
			for dir := filepath.Dir(files[0]); os.Remove(dir) == nil; dir = filepath.Dir(dir) { // what is empty now
			}
		}},
		{"remove, and leave its directory", refused, func(t *testing.T, dir string, _ []string) {
			write(t, filepath.Join(dir, "left", "x"), "x")
			must(t, os.Remove(filepath.Join(dir, "left", "x")))
		}},
		{"rename", changed, func(t *testing.T, _ string, files []string) { must(t, os.Rename(files[0], files[0]+".py")) }},
		{"swap two names", changed, func(t *testing.T, _ string, files []string) {
			must(t, os.Rename(files[0], files[0]+".tmp"))
			must(t, os.Rename(files[1], files[0]))
			must(t, os.Rename(files[0]+".tmp", files[1]))
		}},
		{"truncate", changed, func(t *testing.T, _ string, files []string) {
			edit(t, files[1], func(b []byte) []byte { return b[:len(b)-1] })
		}},
		{"append", changed, func(t *testing.T, _ string, files []string) {
			edit(t, files[1], func(b []byte) []byte { return append(b, 0) })
		}},
		{"change case", changed, func(t *testing.T, _ string, files []string) {
			must(t, os.Rename(files[0], filepath.Join(filepath.Dir(files[0]), strings.ToUpper(filepath.Base(files[0])))))
		}},
		{"add a hard link", changed, func(t *testing.T, dir string, files []string) {
			must(t, os.Link(files[0], filepath.Join(dir, "linked")))
		}},
		{"add a case twin", refused, func(t *testing.T, _ string, files []string) {
			write(t, filepath.Join(filepath.Dir(files[0]), strings.ToUpper(filepath.Base(files[0]))), "x")
		}},
		{"add a directory's case twin", refused, func(t *testing.T, dir string, _ []string) {
			write(t, filepath.Join(dir, "sub", "x"), "x")
			write(t, filepath.Join(dir, "SUB", "y"), "y")
		}},
		{"NFC becomes NFD", refused, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, "cafe\u0301.onnx"), "x") }},
		{"add an empty directory", refused, func(t *testing.T, dir string, _ []string) { must(t, os.MkdirAll(filepath.Join(dir, "empty"), 0o755)) }},
		{"add a symlink to a file", refused, func(t *testing.T, dir string, files []string) {
			must(t, os.Symlink(files[0], filepath.Join(dir, "link")))
		}},
		{"add a symlink to a directory", refused, func(t *testing.T, dir string, _ []string) { must(t, os.Symlink("/etc", filepath.Join(dir, "link"))) }},
		{"a file becomes a symlink to its bytes", refused, func(t *testing.T, dir string, files []string) {
			away := filepath.Join(t.TempDir(), "bytes")
			must(t, os.Rename(files[0], away))
			must(t, os.Symlink(away, files[0]))
		}},
		{"add a broken symlink", refused, func(t *testing.T, dir string, _ []string) { must(t, os.Symlink("nowhere", filepath.Join(dir, "link"))) }},
		{"backslash", refused, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, `a\b`), "x") }},
		{"newline", refused, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, "a\nb"), "x") }},
		{"not UTF-8", refused, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, "a\xff"), "x") }},
		{"right to left", refused, func(t *testing.T, dir string, _ []string) { write(t, filepath.Join(dir, "a\u202exnno.b"), "x") }},
		// Permissions and times are not kept by any registry, so they are no part of what is judged.
		{"mode +x", same, func(t *testing.T, _ string, files []string) { must(t, os.Chmod(files[0], 0o755)) }},
	}
	for tree := range 20 {
		r := rand.New(rand.NewPCG(1, uint64(tree)))
		for _, m := range mutations {
			t.Run(fmt.Sprintf("tree %d %s", tree, m.name), func(t *testing.T) {
				dir := t.TempDir()
				files := plant(t, dir, r)
				before, err := ReadManifest(os.DirFS(dir))
				if err != nil {
					t.Fatal(err)
				}
				if len(before) != len(files) {
					t.Fatalf("%d files in the manifest, %d in the tree", len(before), len(files))
				}
				m.do(t, dir, files)
				after, err := ReadManifest(os.DirFS(dir))
				got := changed
				switch {
				case err != nil:
					got = refused
				case after.Digest() == before.Digest():
					got = same
				}
				if got != m.want {
					t.Errorf("%s, want %s (%v)", got, m.want, err)
				}
			})
		}
	}
}

// plant makes a tree of two files or more and gives their paths.
func plant(t *testing.T, dir string, r *rand.Rand) []string {
	names := []string{"model.onnx", "Modell-Gewichte.bin", "sub/features.json", "sub/deep/tokenizer.json", "été.bin", "模型.bin", "a b.txt", "-x", ".hidden"}
	r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	names = names[:2+r.IntN(len(names)-2)]
	// The first one's name has letters, so that its case can change.
	if i := slices.IndexFunc(names, func(s string) bool { return strings.ToUpper(filepath.Base(s)) != filepath.Base(s) }); i >= 0 {
		names[0], names[i] = names[i], names[0]
	}
	var files []string
	for _, name := range names {
		path := filepath.Join(dir, name)
		write(t, path, fmt.Sprintf("%s %d", name, r.Uint64()))
		files = append(files, path)
	}
	return files
}

func write(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(content), 0o644))
}

func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path, change(b), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// What `sha256sum` and `sort` give: the digest can be had without gatecard.
func TestManifestDigestByHand(t *testing.T) {
	m, err := ReadManifest(fstest.MapFS{"b/c": {Data: []byte("hello")}, "b.txt": {Data: nil}, "a": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	lines := "1 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 a\n" +
		"0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 b.txt\n" + // . sorts before /
		"5 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 b/c\n"
	if got, want := m.Digest(), DigestOf([]byte(lines)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestReadManifestRefuses(t *testing.T) {
	for name, tree := range map[string]fstest.MapFS{
		"no files":           {},
		"only a directory":   {"a": {Mode: fs.ModeDir}},
		"device":             {"ok": {}, "a": {Mode: fs.ModeDevice}},
		"character device":   {"ok": {}, "a": {Mode: fs.ModeDevice | fs.ModeCharDevice}},
		"socket":             {"ok": {}, "a": {Mode: fs.ModeSocket}},
		"pipe":               {"ok": {}, "a": {Mode: fs.ModeNamedPipe}},
		"irregular":          {"ok": {}, "a": {Mode: fs.ModeIrregular}},
		"bell":               {"a\a": {}},
		"delete":             {"a\x7f": {}},
		"C1 control":         {"a\u0085": {}},
		"zero width":         {"a\u200b": {}},
		"byte order mark":    {"\ufeffa": {}},
		"line separator":     {"a\u2028": {}},
		"replacement":        {"a\ufffd": {}},
		"Kelvin":             {"\u212a": {}},
		"conjoining Jamo":    {"\u1100\u1161": {}},
		"compatibility Han":  {"\uf900": {}},
		"case twins":         {"a": {}, "A": {}},
		"case twins, Greek":  {"ς": {}, "σ": {}},
		"case twins, long s": {"ſ": {}, "S": {}},
		"directory twins":    {"d/a": {}, "D/b": {}},
		"file and directory": {"d": {}, "D/b": {}},
		"odd directory":      {"a\\b/c": {}},
	} {
		if m, err := ReadManifest(tree); err == nil {
			t.Errorf("%s: %v", name, m)
		}
	}
}

// A file that becomes a link, or grows, between listing and reading.
func TestReadManifestWhileChanging(t *testing.T) {
	for name, mode := range map[string]fs.FileMode{"became a device": fs.ModeDevice, "grew": 0} {
		tree := shifty{fstest.MapFS{"a": {Data: []byte("abc")}}, mode}
		if m, err := ReadManifest(tree); err == nil {
			t.Errorf("%s: %v", name, m)
		}
	}
}

// shifty opens another file than it lists.
type shifty struct {
	fstest.MapFS
	mode fs.FileMode
}

func (s shifty) Open(name string) (fs.File, error) {
	f, err := s.MapFS.Open(name)
	if err != nil || name == "." {
		return f, err
	}
	return shiftyFile{f, s.mode}, nil
}

type shiftyFile struct {
	fs.File
	mode fs.FileMode
}

func (f shiftyFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return shiftyInfo{info, f.mode}, err
}

type shiftyInfo struct {
	fs.FileInfo
	mode fs.FileMode
}

func (i shiftyInfo) Mode() fs.FileMode { return i.mode }
func (i shiftyInfo) Size() int64       { return i.FileInfo.Size() - 1 }

func TestManifestCheck(t *testing.T) {
	good := Manifest{file("a", "x"), file("b.c", "y"), file("b/d", "z")}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(Manifest) Manifest{
		"empty":            func(Manifest) Manifest { return Manifest{} },
		"unsorted":         func(m Manifest) Manifest { m[0], m[1] = m[1], m[0]; return m },
		"twice":            func(m Manifest) Manifest { m[1] = m[0]; return m },
		"twice, otherwise": func(m Manifest) Manifest { m[1] = file("a", "other"); return m },
		"case":             func(m Manifest) Manifest { m[0] = file("B/D", "x"); return m },
		"file in a file":   func(m Manifest) Manifest { m[1] = file("a/x", "x"); return m },
		"size":             func(m Manifest) Manifest { m[0].Size = -1; return m },
		"no digest":        func(m Manifest) Manifest { m[0].SHA256 = ""; return m },
		"short digest":     func(m Manifest) Manifest { m[0].SHA256 = m[0].SHA256[:70]; return m },
		"bare digest":      func(m Manifest) Manifest { m[0].SHA256 = m[0].SHA256[7:]; return m },
		"upper case": func(m Manifest) Manifest {
			m[0].SHA256 = "sha256:" + Digest(strings.ToUpper(m[0].SHA256.hex()))
			return m
		},
		"no path":          func(m Manifest) Manifest { m[0].Path = ""; return m },
		"dot":              func(m Manifest) Manifest { m[0].Path = "."; return m },
		"up":               func(m Manifest) Manifest { m[0].Path = "../a"; return m },
		"up inside":        func(m Manifest) Manifest { m[0].Path = "a/../../b"; return m },
		"absolute":         func(m Manifest) Manifest { m[0].Path = "/a"; return m },
		"twice a slash":    func(m Manifest) Manifest { m[0].Path = "a//b"; return m },
		"slash at the end": func(m Manifest) Manifest { m[0].Path = "a/"; return m },
		"newline":          func(m Manifest) Manifest { m[0].Path = "a\n0 b"; return m },
	} {
		if m := change(slices.Clone(good)); m.Check() == nil {
			t.Errorf("%s: %v", name, m)
		}
	}
}

// No two names that may stand in a manifest look the same by Unicode: each is its own normal form C. (x/text knows; this package does without.)
func TestNamesAreNormal(t *testing.T) {
	taken := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r == '/' || r == '.' || !utf8Valid(r) || checkName(string(r)) != nil {
			continue
		}
		taken++
		if p := norm.NFC.PropertiesString(string(r)); !norm.NFC.IsNormalString(string(r)) || !p.BoundaryBefore() {
			t.Errorf("%U is taken", r)
		}
	}
	if taken < 250_000 {
		t.Errorf("only %d characters are taken", taken)
	}
}

func utf8Valid(r rune) bool { return r < 0xD800 || r > 0xDFFF }

// The digest tells manifests apart: it is the same only for the same list.
func TestManifestDigestIsInjective(t *testing.T) {
	gen := rapid.Custom(func(t *rapid.T) Manifest {
		content := rapid.MapOfN(rapid.StringMatching(`[a-c0-9 ]{1,3}(/[ab]{1,2})?`), rapid.SampledFrom([]string{"", "1", "12"}), 1, 4).Draw(t, "files")
		var m Manifest
		for _, path := range slices.Sorted(maps.Keys(content)) {
			m = append(m, file(path, content[path]))
		}
		return m
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		if (a.Digest() == b.Digest()) != slices.Equal(a, b) {
			t.Errorf("%v and %v: %s, %s", a, b, a.Digest(), b.Digest())
		}
	})
}
