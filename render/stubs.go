package render

import "io"

var markdown = Format{Name: "markdown", File: "README.md", Shows: []string{"report", "card"},
	Write: func(w io.Writer, v View) error { return nil }}
var junit = Format{Name: "junit", File: "junit.xml", Shows: []string{"report", "decisions"},
	Write: func(w io.Writer, v View) error { return nil }}
var github = Format{Name: "github", File: "summary.md", Shows: []string{"report", "decisions", "notes"},
	Write: func(w io.Writer, v View) error { return nil }}
