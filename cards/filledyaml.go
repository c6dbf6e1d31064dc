package cards

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// FilledYAML gives card.yaml with the filled fields added, each with a comment that says from what. Every byte of the person's stays where it
// is: only lines are added, or a value is put where there was none (or a placeholder). Given its own output, it changes nothing. The original
// may be empty. Where lines cannot be added without harm (flow style, say), the file is written anew from its nodes, comments kept.
func FilledYAML(original []byte, c *Card) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(original, &document); err != nil {
		return nil, fmt.Errorf("read card: %w", err)
	}
	root := &yaml.Node{Kind: yaml.MappingNode}
	if len(document.Content) > 0 && document.Content[0].Tag != "!!null" {
		root = document.Content[0]
	}
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("read card: line %d: a card is a mapping of sections", root.Line)
	}
	fills, err := c.fills(root)
	if err != nil || len(fills) == 0 {
		return original, err
	}
	if b := insert(original, root, fills); sameBut(original, b, fills) {
		return b, nil
	}
	return rewrite(&document, root, fills)
}

// fill is a field to add, with its place in the original; a nil key is one that is not there.
type fill struct {
	section, name       string
	value, comment      string
	sectionKey, mapping *yaml.Node
	key, old            *yaml.Node
}

// fills are the fields that the card filled and the file has not.
func (c *Card) fills(root *yaml.Node) ([]fill, error) {
	var fills []fill
	for _, path := range c.FilledFields() {
		f := fill{value: *c.text(path), comment: "filled from " + Line(c.Filled[path])}
		f.section, f.name, _ = strings.Cut(path, ".")
		if f.sectionKey, f.mapping = lookup(root, f.section); f.sectionKey != nil {
			switch {
			case f.mapping.Kind == yaml.ScalarNode && f.mapping.Tag == "!!null":
				f.mapping = nil
			case f.mapping.Kind != yaml.MappingNode:
				return nil, fmt.Errorf("read card: line %d: %s is no mapping of fields", f.mapping.Line, f.section)
			default:
				f.key, f.old = lookup(f.mapping, f.name)
			}
		}
		if f.old != nil && !(f.old.Kind == yaml.ScalarNode && (f.old.Tag == "!!null" || Placeholder(f.old.Value))) {
			continue
		}
		fills = append(fills, f)
	}
	return fills, nil
}

func lookup(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

// insert edits the text by lines. What it gives is checked by [sameBut], so it may be wrong where YAML is odd.
func insert(original []byte, root *yaml.Node, fills []fill) []byte {
	ending := "\n"
	if bytes.Contains(original, []byte("\r\n")) {
		ending = "\r\n"
	}
	lines := strings.SplitAfter(string(original), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	} else {
		lines[len(lines)-1] += ending
	}
	added := map[int][]string{} // after that many lines of the original
	appended := map[string]bool{}
	for _, f := range fills {
		scalar, ok := oneLine(f.value)
		if !ok {
			return nil
		}
		line := func(indent int) string {
			return strings.Repeat(" ", indent) + f.name + ": " + scalar + " # " + f.comment + ending
		}
		switch {
		case f.key != nil:
			if lines[f.key.Line-1], ok = replaced(lines[f.key.Line-1], f, scalar); !ok {
				return nil
			}
		case f.mapping != nil && (f.mapping.Style&yaml.FlowStyle != 0 || len(f.mapping.Content) == 0):
			return nil
		case f.mapping != nil:
			indent := f.mapping.Content[0].Column - 1
			at := lastLine(lines, root, f.sectionKey, indent)
			added[at] = append(added[at], line(indent))
		case f.sectionKey != nil:
			added[f.sectionKey.Line] = append(added[f.sectionKey.Line], line(2))
		default:
			if !appended[f.section] {
				appended[f.section] = true
				if len(lines) > 0 || len(appended) > 1 {
					added[len(lines)] = append(added[len(lines)], ending)
				}
				added[len(lines)] = append(added[len(lines)], f.section+":"+ending)
			}
			added[len(lines)] = append(added[len(lines)], line(2))
		}
	}
	var b strings.Builder
	for i := 0; i <= len(lines); i++ {
		for _, l := range added[i] {
			b.WriteString(l)
		}
		if i < len(lines) {
			b.WriteString(lines[i])
		}
	}
	return []byte(b.String())
}

// oneLine writes a scalar on one line, quoted where it must be.
func oneLine(value string) (string, bool) {
	n := yaml.Node{}
	n.SetString(value)
	if strings.ContainsAny(value, "\n\r") {
		n.Style = yaml.DoubleQuotedStyle
	}
	b, err := yaml.Marshal(&n)
	s := strings.TrimSuffix(string(b), "\n")
	return s, err == nil && !strings.Contains(s, "\n")
}

// lastLine is the number of the last line that belongs to a section: before the next key, without the blank lines and the comments that belong
// to that.
func lastLine(lines []string, root, section *yaml.Node, indent int) int {
	end := len(lines)
	for i := 0; i < len(root.Content); i += 2 {
		if l := root.Content[i].Line; l > section.Line {
			end = min(end, l-1)
		}
	}
	for end > section.Line {
		text := strings.TrimRight(lines[end-1], " \t\r\n")
		bare := strings.TrimLeft(text, " \t")
		if bare != "" && !(bare[0] == '#' && len(text)-len(bare) < indent) && text != "..." && text != "---" {
			break
		}
		end--
	}
	return end
}

// replaced puts a value where a line has none, or a placeholder of that line alone.
func replaced(line string, f fill, scalar string) (string, bool) {
	text := strings.TrimRight(line, "\r\n")
	ending := line[len(text):]
	runes := []rune(text)
	after := f.key.Column - 1 + len([]rune(f.key.Value))
	if f.key.Style != 0 || f.old.Line != f.key.Line || f.old.Anchor != "" || after >= len(runes) || runes[after] != ':' {
		return "", false
	}
	head, tail := string(runes[:after+1]), strings.TrimLeft(string(runes[after+1:]), " \t")
	for _, written := range []string{f.old.Value, `"` + f.old.Value + `"`, "'" + f.old.Value + "'"} {
		rest, ok := strings.CutPrefix(tail, written)
		comment := strings.TrimLeft(rest, " \t")
		if !ok || comment != "" && (comment[0] != '#' || written != "" && comment == rest) {
			continue
		}
		if comment == "" {
			return head + " " + scalar + " # " + f.comment + ending, true
		}
		return head + " " + scalar + " " + comment + "; " + f.comment + ending, true
	}
	return "", false
}

// sameBut says whether b reads as the original with the fields filled, and nothing else changed.
func sameBut(original, b []byte, fills []fill) bool {
	var want, got map[string]any
	if b == nil || yaml.Unmarshal(original, &want) != nil || yaml.Unmarshal(b, &got) != nil {
		return false
	}
	if want == nil {
		want = map[string]any{}
	}
	for _, f := range fills {
		section, _ := want[f.section].(map[string]any)
		if section == nil {
			section = map[string]any{}
			want[f.section] = section
		}
		section[f.name] = f.value
	}
	return reflect.DeepEqual(want, got)
}

// rewrite fills the nodes and writes them anew.
func rewrite(document, root *yaml.Node, fills []fill) ([]byte, error) {
	for _, f := range fills {
		value := &yaml.Node{}
		value.SetString(f.value)
		value.LineComment = "# " + f.comment
		key, mapping := lookup(root, f.section)
		if key == nil {
			mapping = &yaml.Node{Kind: yaml.MappingNode}
			root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: f.section}, mapping)
		} else if mapping.Kind != yaml.MappingNode {
			mapping.Kind, mapping.Tag, mapping.Value = yaml.MappingNode, "!!map", ""
		}
		mapping.Style &^= yaml.FlowStyle // a comment ends a line, and a flow mapping with it
		if key, old := lookup(mapping, f.name); key != nil {
			if old.LineComment != "" {
				value.LineComment = old.LineComment + "; " + f.comment
			}
			mapping.Content[slices.Index(mapping.Content, old)] = value
		} else {
			mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: f.name}, value)
		}
	}
	if root.Style&yaml.FlowStyle != 0 {
		root.Style &^= yaml.FlowStyle
	}
	if len(document.Content) == 0 || document.Content[0] != root {
		document = &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root}, HeadComment: document.HeadComment, FootComment: document.FootComment}
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(document); err != nil {
		return nil, fmt.Errorf("write card: %w", err)
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("write card: %w", err)
	}
	return b.Bytes(), nil
}
