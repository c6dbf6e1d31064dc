// Package all lists the foreign card forms.
package all

import (
	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/cards/huggingface"
)

// Forms lists them. To add one: a folder beside huggingface, and a line here.
func Forms() []cards.Form {
	return []cards.Form{huggingface.Form}
}
