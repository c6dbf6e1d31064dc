package pipeline

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
)

// Render makes one page of what a run (or `gatecard gate --out`) wrote into a folder.
func Render(folder, format string) ([]byte, error) {
	formats := render.Formats()
	i := slices.IndexFunc(formats, func(f render.Format) bool { return f.Name == format })
	if i < 0 {
		names := PageNames()
		return nil, usage("usage", "there is no page %q%s: they are %s", format, suggested(schema.Suggest(format, names)), strings.Join(names, ", "))
	}
	file := filepath.Join(folder, cardFile)
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, missing("read the card (`gatecard run` writes one)", err)
	}
	v := render.View{Card: &cards.Card{}}
	if err := spoilt(schema.Decode("filled-card", file, b, v.Card)); err != nil {
		return nil, err
	}
	v.Model, v.Report = v.Card.Model, v.Card.Report
	var page bytes.Buffer
	if err := formats[i].Write(&page, v); err != nil {
		return nil, err
	}
	return page.Bytes(), nil
}

// PageNames lists the pages.
func PageNames() []string {
	var names []string
	for _, f := range render.Formats() {
		names = append(names, f.Name)
	}
	return names
}
