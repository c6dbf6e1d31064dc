package reported_test

import (
	"fmt"
	"strings"

	"github.com/gatecard/gatecard/evaluate/reported"
)

func ExampleRead() {
	file := strings.NewReader("sex,metric,value,lower,upper,n\n,auc,0.91,0.90,0.92,69126\nwomen,auc,0.90,0.88,0.92,34000\n")
	results, err := reported.Read("slices.csv", file, file.Size())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range results.Rows {
		fmt.Println(row, *row.Value, row.N, "reported by", row.Tool)
	}
	// Output:
	// auc 0.91 69126 reported by an unnamed tool
	// auc, sex = women 0.9 34000 reported by an unnamed tool
}
