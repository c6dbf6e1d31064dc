package schema_test

import (
	"fmt"

	"github.com/gatecard/gatecard/schema"
)

func ExampleParse() {
	_, err := schema.Parse("gatecard.yaml", []byte("task: binary\nthreshold: 0.5\nthreshold: .nan\nchampion: &v1 x\n"))
	fmt.Println(err)

	d, err := schema.Parse("gatecard.yaml", []byte("gates:\n  - {metric: recall, min: 0.5}\n"))
	fmt.Println(d.At("gates", 0, "min"), err)
	// Output:
	// gatecard.yaml:3:1: duplicate-key: key "threshold" is written twice: first in line 2
	// gatecard.yaml:3:12: not-finite: .nan is no finite number: write one, or ".nan" if it is text
	// gatecard.yaml:4:11: yaml-alias: "&v1" makes an anchor: remove it, or quote the value if it is text
	// gatecard.yaml:2 <nil>
}

func ExampleEncode() {
	b, err := schema.Encode(map[string]any{"model": "ma-employment", "<b>": 1e21, "auc": 0.50})
	fmt.Println(string(b), err)
	// Output: {"<b>":1e+21,"auc":0.5,"model":"ma-employment"} <nil>
}

func ExampleDecode() {
	var statement map[string]any
	err := schema.Decode("evidence", "evidence.json", []byte(`{"verdict": "pass"} {}`), &statement)
	fmt.Println(err)
	// Output: evidence.json:1:21: trailing-data: something follows after the end of the value
}
