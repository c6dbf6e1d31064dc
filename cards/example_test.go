package cards_test

import (
	"fmt"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evidence"
)

// A person wrote the license; name and version are known.
func ExampleFill() {
	original := []byte("# our card\nmodel_details:\n  license: MIT # as agreed\n")
	words := cards.Words{ModelDetails: cards.Details{License: "MIT"}}
	card := cards.Fill("ma-employment", words, nil, nil, &evidence.Version{Model: "ma-employment", Number: "2"})
	filled, err := cards.FilledYAML(original, card)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Print(string(filled))
	fmt.Println("missing:", card.Missing[0], "and", len(card.Missing)-1, "more")
	// Output:
	// # our card
	// model_details:
	//   license: MIT # as agreed
	//   name: ma-employment # filled from model: ma-employment
	//   version: "2" # filled from registry: ma-employment/2
	//   registry_uri: models:/ma-employment/2 # filled from registry: ma-employment/2
	// missing: model_details.type and 10 more
}
