package schema

import (
	"errors"
	"strings"
	"testing"
)

// refusals are files named f.yaml that are refused, and what is told, without that name.
var refusals = []struct{ name, in, want string }{
	{"empty", "", "1:1: empty-file: the file holds nothing, or only comments"},
	{"only comments", "# nothing\n", "1:1: empty-file: the file holds nothing, or only comments"},
	{"null document", "---\n~\n", "1:1: empty-file: the file holds nothing, or only comments"},
	{"duplicate key", "a: 1\nb: 2\na: 3\n", "3:1: duplicate-key: key \"a\" is written twice: first in line 1"},
	{"duplicate resolved key", "{1: a, 01: b}\n", "1:8: duplicate-key: key \"01\" is written twice: first in line 1"},
	{"same text, other type", "{1: a, \"1\": b}\n", "1:8: duplicate-key: key \"1\" is written twice: first in line 1"},
	{"hex", "{16: a, 0x10: b}", "1:9: duplicate-key: key \"0x10\" is written twice: first in line 1"},
	{"float key", "{1: a, 1.0: b, 1e0: c}", "1:8: duplicate-key: key \"1.0\" is written twice: first in line 1\n1:16: duplicate-key: key \"1e0\" is written twice: first in line 1"},
	{"bool", "{true: a, True: b}", "1:11: duplicate-key: key \"True\" is written twice: first in line 1"},
	{"duplicate deep", "a:\n  é: {x: 1, x: 2}\n", "2:13: duplicate-key: key \"x\" is written twice: first in line 2"},
	{"list as a key", "? [a]\n: b\n", "1:3: key-not-scalar: a key must be a word or a number, not a list or a mapping: quote it if it begins with \"[\" or \"{\""},
	{"flow key", "{[a, b]: c}\n", "1:2: key-not-scalar: a key must be a word or a number, not a list or a mapping: quote it if it begins with \"[\" or \"{\""},
	{"mapping key", "{a: 1}: b\n", "1:1: key-not-scalar: a key must be a word or a number, not a list or a mapping: quote it if it begins with \"[\" or \"{\""},
	{"empty key", ": a\n", "1:1: yaml-syntax: this fits nothing above it: indent the parts of one mapping or list alike, and quote all of a value or nothing of it"},
	{"null key", "~: a\n", "1:1: empty-key: a key is missing before \":\", or it is null: quote it if it is text"},
	{"tag", "a: !!str 1\n", "1:4: yaml-tag: \"!\" makes a tag, which is refused: remove it, or quote the value if it is text"},
	{"own tag", "a: !Ref x\n", "1:4: yaml-tag: \"!\" makes a tag, which is refused: remove it, or quote the value if it is text"},
	{"lone tag", "a: ! 1\n", "1:4: yaml-tag: \"!\" makes a tag, which is refused: remove it, or quote the value if it is text"},
	{"tag on mapping", "a: !x\n  b: 1\n", "1:4: yaml-tag: \"!\" makes a tag, which is refused: remove it, or quote the value if it is text"},
	{"tag on key", "!x a: 1\n", "1:1: yaml-tag: \"!\" makes a tag, which is refused: remove it, or quote the value if it is text"},
	{"anchor", "a: &x 1\n", "1:4: yaml-alias: \"&x\" makes an anchor: remove it, or quote the value if it is text"},
	{"anchor and alias", "a: &x 1\nb: *x\n", "1:4: yaml-alias: \"&x\" makes an anchor: remove it, or quote the value if it is text\n2:4: yaml-alias: \"*x\" stands for what is written elsewhere: write it out, or quote it if it is text"},
	{"alias of nothing", "a: 1\nbé: *x\n", "2:5: yaml-alias: a value that starts with \"*\" must be quoted: write \"*x\""},
	{"pattern", "artifacts: {weights: *.onnx, features: features.json}\n", "1:22: yaml-syntax: a value that starts with \"*\" must be quoted: write \"*.onnx\""},
	{"glob", "a: **/x\n", "1:4: yaml-syntax: a value that starts with \"*\" must be quoted: write \"**/x\""},
	{"merge", "a: {<<: {b: 1}}\n", "1:5: yaml-merge: \"<<\" merges mappings, which is refused: write the keys out"},
	{"alias key", "a: &x b\n*x : 1\n", "1:4: yaml-alias: \"&x\" makes an anchor: remove it, or quote the value if it is text\n2:1: yaml-alias: \"*x\" stands for what is written elsewhere: write it out, or quote it if it is text"},
	{"nan", "a: .nan\n", "1:4: not-finite: .nan is no finite number: write one, or \".nan\" if it is text"},
	{"inf", "a: -.INF\n", "1:4: not-finite: -.INF is no finite number: write one, or \"-.INF\" if it is text"},
	{"overflow", "a: 1e400\n", "1:4: not-finite: 1e400 is no finite number: write one, or \"1e400\" if it is text"},
	{"overflow int", "a: 1" + strings.Repeat("0", 400) + "\n", "1:4: not-finite: 100000000000000000000000000000000000000000000000000000000000… is no finite number: write one, or \"100000000000000000000000000000000000000000000000000000000000…\" if it is text"},
	{"nan key", "{.nan: 1}\n", "1:2: not-finite: .nan is no finite number: write one, or \".nan\" if it is text"},
	{"2^53+1", "a: 9007199254740993\n", "1:4: integer-too-large: 9007199254740993 is an integer beyond 2^53, which would lose digits: quote it if it is an identifier"},
	{"2^53+2", "a: 9007199254740994\n", "1:4: integer-too-large: 9007199254740994 is an integer beyond 2^53, which would lose digits: quote it if it is an identifier"},
	{"-2^53-1", "a: -9007199254740993\n", "1:4: integer-too-large: -9007199254740993 is an integer beyond 2^53, which would lose digits: quote it if it is an identifier"},
	{"hex large", "a: 0x20000000000001\n", "1:4: integer-too-large: 0x20000000000001 is an integer beyond 2^53, which would lose digits: quote it if it is an identifier"},
	{"large key", "12345678901234567890: a\n", "1:1: integer-too-large: 12345678901234567890 is an integer beyond 2^53, which would lose digits: quote it if it is an identifier"},
	{"leading zero", "a: 010\n", "1:4: ambiguous-number: 010 is 10 to some readers and octal to others: write 10, or \"010\" if it is text"},
	{"two documents", "a: 1\n---\nb: 2\n", "2:1: several-documents: a second document begins: a file holds one, without \"---\" between its parts"},
	{"two documents, first ended", "a: 1\n...\nb: 2\n", "3:1: yaml-syntax: this fits nothing above it: indent the parts of one mapping or list alike, and quote all of a value or nothing of it"},
	{"bad utf-8", "a: b\nc: é\xff\n", "2:5: not-utf8: byte 0xff is not UTF-8: save the file as UTF-8"},
	{"control", "a: b\x01\n", "1:5: control-character: U+0001 cannot be seen: remove it, or write \"\\u0001\" in double quotes"},
	{"nel", "é: b\u0085c\n", "1:5: control-character: U+0085 is a line break to some readers and none to others: remove it, or write \"\\u0085\" in double quotes"},
	{"ls", "a: b\u2028c\n", "1:5: control-character: U+2028 is a line break to some readers and none to others: remove it, or write \"\\u2028\" in double quotes"},
	{"lone cr", "a: 1\rb: 2\n", "1:5: control-character: a carriage return without a line feed ends no line: save the file with the line breaks of Unix or Windows"},
	{"nul", "a\x00", "1:2: control-character: U+0000 cannot be seen: remove it, or write \"\\u0000\" in double quotes"},
	{"bom inside", "a: b\ufeff\n", "1:5: control-character: U+FEFF cannot be seen: remove it, or write \"\\ufeff\" in double quotes"},
	{"at", "a: 1\nchampion: @champion\n", "2:11: yaml-syntax: a value that starts with \"@\" must be quoted: write \"@champion\""},
	{"at in flow", "aliases: [@champion, x]\n", "1:11: yaml-syntax: a value that starts with \"@\" must be quoted: write \"@champion\""},
	{"backtick", "a: `x`\n", "1:4: yaml-syntax: a value that starts with \"`\" must be quoted: write \"`x`\""},
	{"percent", "a: %d\n", "1:4: yaml-syntax: a value that starts with \"%\" must be quoted: write \"%d\""},
	{"tab", "a:\n\tb: 1\n", "2:1: yaml-syntax: a tab stands where YAML wants spaces: indent with spaces"},
	{"colon in value", "because: recall: too low\n", "1:16: yaml-syntax: \":\" makes a key, and none can be here: quote a value that holds \": \", put a space behind the \":\" of each key, and indent keys of one mapping alike"},
	{"no space", "a:1\nb: 2\n", "2:2: yaml-syntax: \":\" makes a key, and none can be here: quote a value that holds \": \", put a space behind the \":\" of each key, and indent keys of one mapping alike"},
	{"deeper", "a: 1\n  b: 2\n", "2:4: yaml-syntax: \":\" makes a key, and none can be here: quote a value that holds \": \", put a space behind the \":\" of each key, and indent keys of one mapping alike"},
	{"dedent", "a:\n    x: 1\n  y: 2\n", "3:3: yaml-syntax: this fits nothing above it: indent the parts of one mapping or list alike, and quote all of a value or nothing of it"},
	{"list in mapping", "a: 1\n- b\n", "2:1: yaml-syntax: this fits nothing above it: indent the parts of one mapping or list alike, and quote all of a value or nothing of it"},
	{"open bracket", "a: [1, 2\nb: 3\n", "1:4: yaml-syntax: a list in brackets is not closed: \",\" or \"]\" is missing"},
	{"open brace", "a: {b: 1\nc: 3\n", "1:4: yaml-syntax: a mapping in braces is not closed: \",\" or \"}\" is missing"},
	{"open quote", "x: 'ok'\na: \"b\nc: d\n", "2:4: yaml-syntax: a quote is opened here and never closed"},
	{"open single", "a:\n  b: 'it\nc: d\n", "2:6: yaml-syntax: a quote is opened here and never closed"},
	{"two quotes", "a: 'it's'\n", "1:8: yaml-syntax: this fits nothing above it: indent the parts of one mapping or list alike, and quote all of a value or nothing of it"},
	{"escape", "path: \"C:\\dir\"\n", "1:10: yaml-syntax: in double quotes a backslash begins an escape, and this is none: write \\\\, or use single quotes"},
	{"no colon", "a: 1\nb\nc: 2\n", "2:1: yaml-syntax: a key needs a \":\" behind it: one is missing in this line or the line before"},
	{"comma missing", "a: [1 2, {b: c d: e}]\n", "1:10: yaml-syntax: a mapping in braces is not closed: \",\" or \"}\" is missing"},
	{"star", "a: 1\nb: *\n", "2:4: yaml-syntax: a value that starts with \"*\" must be quoted: write \"*\""},
	{"amp", "a: & b\n", "1:4: yaml-syntax: a value that starts with \"&\" must be quoted: write \"& b\""},
	{"hash", "a:\n  channel: #ml-risk\n", "2:12: unquoted-hash: a value that starts with \"#\" must be quoted: unquoted it is a comment, and the value is empty"},
	{"hash in list", "a:\n  - #x\n  - b\n", "2:5: unquoted-hash: a value that starts with \"#\" must be quoted: unquoted it is a comment, and the value is empty"},
	{"hash quoted key", "\"a: #b\": #c\n", "1:10: unquoted-hash: a value that starts with \"#\" must be quoted: unquoted it is a comment, and the value is empty"},
	{"hash single", "'a''b': #c\n", "1:9: unquoted-hash: a value that starts with \"#\" must be quoted: unquoted it is a comment, and the value is empty"},
	{"hash in flow", "{a: #x\n}\n", "1:5: unquoted-hash: a value that starts with \"#\" must be quoted: unquoted it is a comment, and the value is empty"},
	{"several", "a: .nan\nb: 010\na: !!x 1\n", "1:4: not-finite: .nan is no finite number: write one, or \".nan\" if it is text\n2:4: ambiguous-number: 010 is 10 to some readers and octal to others: write 10, or \"010\" if it is text\n3:1: duplicate-key: key \"a\" is written twice: first in line 1\n3:4: yaml-tag: \"!\" makes a tag, which is refused: remove it, or quote the value if it is text"},
	{"bang", "a: !important\n", "1:4: yaml-tag: \"!\" makes a tag, which is refused: remove it, or quote the value if it is text"},
	{"directive", "%YAML 1.2\n---\na: 1\n%foo\n", "1:9: yaml-syntax: a \"%YAML\" line asks for another version than 1.1: remove the line"},
	{"undefined tag", "a: !e!x 1\n", "1:7: yaml-tag: \"!\" makes a tag, which is refused: remove it, or quote the value if it is text"},
	{"block indent", "a: |0\n  x\n", "1:5: yaml-syntax: this is not YAML: found an indentation indicator equal to 0"},
	{"question", "a: ? b\n", "1:4: yaml-syntax: this fits nothing above it: indent the parts of one mapping or list alike, and quote all of a value or nothing of it"},
	{"too deep", "a: " + strings.Repeat("[", 64) + strings.Repeat("]", 64), "1:67: too-deep: more than 64 mappings and lists lie within one another"},
	{"too deep for yaml.v3", strings.Repeat("[", 20000), "1:10001: too-deep: more than 64 mappings and lists lie within one another"},
	{"too big", strings.Repeat("#", MaxYAML+1), "1:1: too-big: the file has 1048577 bytes, more than 1048576"},
}

func TestParseRefuses(t *testing.T) {
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("f.yaml", []byte(c.in))
			if d != nil || err == nil {
				t.Fatalf("got %v, %v: want %s", d, err, c.want)
			}
			if got := strings.ReplaceAll(err.Error(), "f.yaml:", ""); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			checkProblems(t, []byte(c.in), err)
		})
	}
}

// checkProblems holds what is said of a file to the law: known codes, places within the file, in order.
func checkProblems(t *testing.T, b []byte, err error) {
	t.Helper()
	var ps Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("%v is %T and no Problems", err, err)
	}
	lines := strings.Split(strings.ToValidUTF8(string(b), "?"), "\n")
	for i, p := range ps {
		if Codes()[p.Code] == "" {
			t.Errorf("code %q is not explained", p.Code)
		}
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+1 {
			t.Errorf("%v is outside of the file", p)
		}
		if i > 0 && (p.Line < ps[i-1].Line || p.Line == ps[i-1].Line && p.Column < ps[i-1].Column) {
			t.Errorf("%v stands after %v", p, ps[i-1])
		}
	}
}

// TestParseMeans holds scalars to YAML 1.2's core schema, and to their places.
func TestParseMeans(t *testing.T) {
	for in, want := range map[string]string{
		"a: 1":                         `{"a":1}`,
		"\ufeffa: 1":                   `{"a":1}`,
		"a: 1\r\nb: 2\r\n":             `{"a":1,"b":2}`,
		"a: 1e3":                       `{"a":1000}`,
		"a: [+1, -0, .5, 1., 0x1F]":    `{"a":[1,0,0.5,1,31]}`,
		"a: [0o17, 1e-7, -1.50, 0.0]":  `{"a":[15,1e-7,-1.5,0]}`,
		"a: [9007199254740992, 1e17]":  `{"a":[9007199254740992,100000000000000000]}`,
		"a: [yes, no, on, off, y]":     `{"a":["yes","no","on","off","y"]}`,
		"a: [true, False, TRUE]":       `{"a":[true,false,true]}`,
		"a: [null, ~, Null, '']":       `{"a":[null,null,null,""]}`,
		"a: [2026-01-31, 12:30:00]":    `{"a":["2026-01-31","12:30:00"]}`,
		"a: [1_000, 0b11, 08x, 1.2.3]": `{"a":["1_000","0b11","08x","1.2.3"]}`,
		"a: ['1', \"true\", '.nan']":   `{"a":["1","true",".nan"]}`,
		"a: |\n  x\n  y\n":             `{"a":"x\ny\n"}`,
		"{1: a, 02: b, True: c}":       `{"1":"a","02":"b","True":"c"}`,
		"a:\nb: 1":                     `{"a":null,"b":1}`,
		"a: # later\nb: #\nc: ## x":    `{"a":null,"b":null,"c":null}`,
		"a: #x\n  b: 1":                `{"a":{"b":1}}`,
		"a: b#c":                       `{"a":"b#c"}`,
		"{\"a\":1,\"b\":[true,null]}":  `{"a":1,"b":[true,null]}`,
		"a: \"\\u2028\"":               "{\"a\":\"\u2028\"}",
		"'<<': 1":                      `{"<<":1}`,
		"'': 1":                        `{"":1}`,
	} {
		d, err := Parse("f.yaml", []byte(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if got := string(d.root.appendJSON(nil)); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
