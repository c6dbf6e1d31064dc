package schema

// Text is the scalar at the path as it is written, a number or text; ok is false where there is none.
func (d *Document) Text(path ...any) (s string, ok bool) {
	n, _ := d.find(path)
	if n == nil || n.kind != text && n.kind != number && n.kind != boolean {
		return "", false
	}
	if n.kind == text {
		return n.value, true
	}
	return n.written, true
}
