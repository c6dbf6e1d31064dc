package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// parseYAML reads one document of YAML 1.2's core schema. yaml.v3 gives the nodes and nothing else of it is used: what two YAML readers
// could understand in two ways is refused in one walk, which is listed in Codes.
func parseYAML(file string, b []byte) (*node, error) {
	c := complaints{file: file}
	if len(b) > MaxYAML {
		c.add(1, 1, "too-big", "the file has %d bytes, more than %d", len(b), MaxYAML)
		return nil, c.err()
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !checkUTF8(&c, b) || !checkLetters(&c, b) {
		return nil, c.err()
	}
	documents, err := readYAML(b)
	switch {
	case err != nil:
		explainYAML(&c, b, err)
		return nil, c.err()
	case len(documents) == 0:
		c.add(1, 1, "empty-file", "the file holds nothing, or only comments")
		return nil, c.err()
	case len(documents) > 1:
		c.add(int32(documents[1].Line), int32(documents[1].Column), "several-documents", `a second document begins: a file holds one, without "---" between its parts`)
		return nil, c.err()
	}
	w := yamlWalk{complaints: c, source: cursor{b: b, line: 1, column: 1}}
	root := w.node(documents[0].Content[0], 0)
	if err := w.err(); err != nil {
		return nil, err
	}
	if root.kind == null {
		w.add(1, 1, "empty-file", "the file holds nothing, or only comments")
		return nil, w.err()
	}
	return root, nil
}

// readYAML gives the documents of a file, at most two. A panic of the library is an error as any other.
func readYAML(b []byte) (documents []*yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(b))
	for len(documents) < 2 {
		var n yaml.Node
		if err := decoder.Decode(&n); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
			documents = append(documents, &n)
		}
	}
	return documents, nil
}

// checkLetters refuses control characters, which YAML does not know, and line breaks that only YAML 1.1 knows, which editors do not count.
func checkLetters(c *complaints, b []byte) bool {
	line, column := int32(1), int32(1)
	for i := 0; i < len(b); {
		letter, size := utf8.DecodeRune(b[i:])
		switch {
		case letter == '\n':
			line, column = line+1, 0
		case letter == '\r' && i+1 < len(b) && b[i+1] == '\n' || letter == '\t':
		case letter == '\r':
			c.add(line, column, "control-character", `a carriage return without a line feed ends no line: save the file with the line breaks of Unix or Windows`)
			return false
		case letter == 0x85 || letter == 0x2028 || letter == 0x2029:
			c.add(line, column, "control-character", `U+%04X is a line break to some readers and none to others: remove it, or write "\u%04x" in double quotes`, letter, letter)
			return false
		case letter < ' ' || 0x7f <= letter && letter < 0xa0 || letter == 0xfeff || letter == 0xfffe || letter == 0xffff:
			c.add(line, column, "control-character", `U+%04X cannot be seen: remove it, or write "\u%04x" in double quotes`, letter, letter)
			return false
		}
		i, column = i+size, column+1
	}
	return true
}

// yamlWalk is the one walk over what yaml.v3 read.
type yamlWalk struct {
	complaints
	source cursor
	values int
}

// node makes ours of theirs, and notes what is refused.
func (w *yamlWalk) node(y *yaml.Node, depth int) *node {
	begins := w.source.at(y.Line, y.Column)
	n := &node{line: int32(w.source.line), column: int32(w.source.column)} // within the file, where yaml.v3 is beyond
	if w.values++; w.values > MaxValues {
		w.add(n.line, n.column, "too-big", "the file has more than %d values", MaxValues)
		return n
	}
	switch {
	case y.Kind == yaml.AliasNode:
		w.add(n.line, n.column, "yaml-alias", `"*%s" stands for what is written elsewhere: write it out, or quote it if it is text`, short(y.Value))
		return n
	case y.Anchor != "":
		w.add(n.line, n.column, "yaml-alias", `"&%s" makes an anchor: remove it, or quote the value if it is text`, short(y.Anchor))
	case y.Style&yaml.TaggedStyle != 0 || begins == '!':
		w.add(n.line, n.column, "yaml-tag", `"!" makes a tag, which is refused: remove it, or quote the value if it is text`)
		return n
	}
	switch y.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		if depth == MaxDepth {
			w.add(n.line, n.column, "too-deep", "more than %d mappings and lists lie within one another", MaxDepth)
			return n
		}
		if y.Kind == yaml.MappingNode {
			w.mapping(n, y, depth+1)
			return n
		}
		n.kind = list
		for _, item := range y.Content {
			if implicit(item) && w.source.hash(item.Line, item.Column) {
				w.unquotedHash()
			}
			n.items = append(n.items, w.node(item, depth+1))
		}
	case yaml.ScalarNode:
		w.scalar(n, y)
	}
	return n
}

// implicit says whether nothing at all stands where a value is expected.
func implicit(y *yaml.Node) bool { return y.Kind == yaml.ScalarNode && y.Value == "" && !quoted(y) }

func quoted(y *yaml.Node) bool {
	return y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

// unquotedHash notes a comment, at the cursor, that was meant as a value.
func (w *yamlWalk) unquotedHash() {
	w.add(int32(w.source.line), int32(w.source.column), "unquoted-hash", `a value that starts with "#" must be quoted: unquoted it is a comment, and the value is empty`)
}

// scalar resolves one and notes what no reader should be asked to understand.
func (w *yamlWalk) scalar(n *node, y *yaml.Node) {
	if y.Tag == "!!merge" {
		w.add(n.line, n.column, "yaml-merge", `"<<" merges mappings, which is refused: write the keys out`)
		return
	}
	n.written, n.value, n.kind, n.quoted = y.Value, y.Value, text, quoted(y)
	if n.quoted {
		return
	}
	r := resolve(y.Value)
	n.kind, n.value = r.kind, r.value
	w.judge(n, r)
	if r.octal {
		w.add(n.line, n.column, "ambiguous-number", `%s is %s to some readers and octal to others: write %s, or "%s" if it is text`, short(y.Value), r.value, r.value, short(y.Value))
	}
}

// judge notes numbers that cannot be held, of values and of keys.
func (w *yamlWalk) judge(n *node, r resolved) {
	switch {
	case r.infinite:
		w.add(n.line, n.column, "not-finite", `%s is no finite number: write one, or "%s" if it is text`, short(n.written), short(n.written))
	case r.large:
		w.add(n.line, n.column, "integer-too-large", `%s is an integer beyond 2^53, which would lose digits: quote it if it is an identifier`, short(n.written))
	}
}

// mapping walks over keys and values.
func (w *yamlWalk) mapping(n *node, y *yaml.Node, depth int) {
	n.kind = mapping
	seen := map[string]int{} // what a key means, and what it is as text, to its line
	for i := 0; i+1 < len(y.Content); i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		if k.Kind != yaml.ScalarNode && k.Kind != yaml.AliasNode {
			w.add(int32(k.Line), int32(k.Column), "key-not-scalar", `a key must be a word or a number, not a list or a mapping: quote it if it begins with "[" or "{"`)
			continue
		}
		asKey := w.key(k, seen)
		if implicit(v) && w.source.valueIsComment(k) {
			w.unquotedHash()
		}
		value := w.node(v, depth)
		if implicit(v) { // its place is that of whatever comes next
			value.line, value.column = asKey.line, asKey.column
		}
		n.keys, n.items = append(n.keys, asKey), append(n.items, value)
	}
}

// key checks a key. It is compared as text, as it is written; two keys are one if they mean the same, as 1 and 01 do, or read the same, as
// 1 and "1".
func (w *yamlWalk) key(y *yaml.Node, seen map[string]int) key {
	k := key{y.Value, int32(y.Line), int32(y.Column)}
	n := &node{line: k.line, column: k.column, written: y.Value}
	switch {
	case y.Kind == yaml.AliasNode || y.Anchor != "" || y.Style&yaml.TaggedStyle != 0 || y.Tag == "!!merge" || w.source.at(y.Line, y.Column) == '!':
		w.node(y, 0) // notes it
		return k
	case quoted(y):
		w.unique(k, seen, "text "+y.Value)
		return k
	}
	r := resolve(y.Value)
	if r.kind == null {
		w.add(k.line, k.column, "empty-key", `a key is missing before ":", or it is null: quote it if it is text`)
		return k
	}
	w.judge(n, r)
	w.unique(k, seen, "text "+y.Value, r.kind.String()+" "+r.value)
	return k
}

// unique notes a key that stands for one that was written before.
func (w *yamlWalk) unique(k key, seen map[string]int, meanings ...string) {
	for _, m := range meanings {
		if first, twice := seen[m]; twice {
			w.add(k.line, k.column, "duplicate-key", "key %s is written twice: first in line %d", quote(k.text), first)
			return
		}
	}
	for _, m := range meanings {
		seen[m] = int(k.line)
	}
}
