package render

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// nasty is what no page may let through: scripts, images, links that run, terminal sequences, bidirectional and zero-width characters, workflow
// commands, table bars, code fences, XML ends. Some of it follows the Big List of Naughty Strings.
const nasty = "<script>window.pwned=1</script><img src=x onerror=pwned()>\x1b[31mred\x1b]0;t\x07 ‮evil‬ ​zero\u2066 " +
	"[x](javascript:pwned()) ![i](https://evil.example/t.png) <javascript:pwned()> [d](data:text/html,x) \r\n::error file=a::b\n" +
	"| a | b |\n```\n<svg/onload=pwned()>\n```\n]]> --><!-- {{.}} ${{ x }} \" ' & \u2028 \x00 \xff %0A <a href=\"jAvAsCrIpT:pwned()\">c</a> " +
	"<iframe src=//evil.example></iframe><style>*{display:none}</style><base href=//evil.example> `</code>` # h\n# heading\n---\n[r]: javascript:pwned()\n"

// hostile is the failed view with nasty text in every string that it has.
func hostile(t testing.TB) View {
	v := worse(t)
	v.Notes = []string{"n"}
	v.History = history()
	v.Took = 2 * time.Second
	poison(reflect.ValueOf(&v).Elem(), 0)
	return v
}

// poison appends nasty to every string, but for verdicts and other words that choose a branch, so that every branch is seen.
func poison(x reflect.Value, depth int) {
	if depth > 30 {
		return
	}
	switch x.Kind() {
	case reflect.Pointer:
		if !x.IsNil() {
			poison(x.Elem(), depth+1)
		}
	case reflect.Struct:
		if x.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range x.NumField() {
			switch name := x.Type().Field(i).Name; {
			case !x.Type().Field(i).IsExported():
			case strings.Contains(" Verdict Kind Role Act Metric Decide Distance ", " "+name+" "):
			default:
				poison(x.Field(i), depth+1)
			}
		}
	case reflect.Slice:
		if x.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range x.Len() {
			poison(x.Index(i), depth+1)
		}
	case reflect.Map:
		if x.IsNil() {
			return
		}
		made := reflect.MakeMap(x.Type())
		for _, k := range x.MapKeys() {
			value := reflect.New(x.Type().Elem()).Elem()
			value.Set(x.MapIndex(k))
			poison(value, depth+1)
			made.SetMapIndex(k, value)
		}
		x.Set(made)
	case reflect.String:
		x.SetString(x.String() + nasty)
	}
}
