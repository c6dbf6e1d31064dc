package cards

import (
	"path"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
)

// ReportedBy marks a figure that another tool computed, on every page: "reported by lm-evaluation-harness 0.4.9", and why it is not of the whole
// where it is not. "" for a figure of our own.
func ReportedBy(f evaluate.Figure) string {
	switch {
	case f.Reported == "":
		return ""
	case f.Partial != "":
		return "reported by " + f.Reported + ", and not of the whole: " + f.Partial
	}
	return "reported by " + f.Reported
}

// reportedIn is the tool and the file: "reported by lm-evaluation-harness 0.4.9 in results.json".
func reportedIn(e *evaluate.Evaluation) string {
	s := "reported by " + e.Reported.Tool
	for _, in := range e.Inputs {
		if in.Role == evaluate.ReportedRole {
			s += " in " + path.Base(in.Path)
		}
	}
	return s
}

// Origin says of figures that another tool computed where they come from, as their file says it, and what its reader noted: a sentence each. None
// for figures of our own.
func Origin(e *evaluate.Evaluation) []string {
	if e == nil || e.Reported == nil {
		return nil
	}
	from := e.Reported
	var claims []string
	for _, x := range []struct{ name, value string }{{"run", from.Run}, {"task", from.Task}, {"model", from.Model}, {"created", from.Created}} {
		if x.value != "" {
			claims = append(claims, x.name+" "+x.value)
		}
	}
	all := []string{"Every figure is " + reportedIn(e) + ": gatecard saw no rows and computed none of them."}
	if len(claims) > 0 {
		all = append(all, "The file says of itself: "+strings.Join(claims, ", ")+".")
	}
	for _, note := range from.Notes {
		all = append(all, Upper(note)+".")
	}
	return all
}
