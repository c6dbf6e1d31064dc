package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
)

// junit is for the test pages of CI systems: a case a gate, and one a decision. What is neither passed nor known not to apply is a failure, and
// a view with nothing in it is one too.
var junit = Format{
	Name: "junit", File: "junit.xml", Shows: []string{"report", "decisions"},
	Write: func(w io.Writer, v View) error {
		suites := junitSuites{Name: plain(v.version())}
		if r := v.report(); r != nil {
			suites.add(gateSuite(r))
		}
		if len(v.Decisions) > 0 {
			suites.add(decisionSuite(v))
		}
		if suites.Tests == 0 {
			suites.add(junitSuite{Name: "gates", Cases: []junitCase{{Name: "a verdict", Class: "gates",
				Failure: &junitText{Type: "no-verdict", Message: "nothing was judged, and nothing was decided"}}}})
		}
		b, err := xml.MarshalIndent(suites, "", "  ")
		if err != nil {
			return fmt.Errorf("encode junit: %w", err)
		}
		if _, err := io.WriteString(w, xml.Header+string(b)+"\n"); err != nil {
			return fmt.Errorf("write junit: %w", err)
		}
		return nil
	},
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string     `xml:"name,attr"`
	Class   string     `xml:"classname,attr"`
	File    string     `xml:"file,attr,omitempty"`
	Line    int        `xml:"line,attr,omitempty"`
	Failure *junitText `xml:"failure,omitempty"`
	Skipped *junitText `xml:"skipped,omitempty"`
	Out     string     `xml:"system-out,omitempty"`
}

type junitText struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (s *junitSuites) add(x junitSuite) {
	for _, c := range x.Cases {
		x.Tests++
		if c.Failure != nil {
			x.Failures++
		}
		if c.Skipped != nil {
			x.Skipped++
		}
	}
	s.Tests, s.Failures, s.Skipped = s.Tests+x.Tests, s.Failures+x.Failures, s.Skipped+x.Skipped
	s.Suites = append(s.Suites, x)
}

func gateSuite(r *gates.Report) junitSuite {
	suite := junitSuite{Name: "gates"}
	for _, g := range r.Gates {
		c := junitCase{Name: plain(g.Says), Class: "gates." + plain(g.Kind), File: plain(g.At.File), Line: g.At.Line, Out: gateLine(g)}
		switch g.Verdict {
		case evidence.Pass:
		case evidence.NotApplicable:
			c.Skipped = &junitText{Message: plain(g.Sentence)}
		case evidence.Fail, evidence.Inconclusive:
			c.Failure = &junitText{Type: "gate-" + string(g.Verdict), Message: plain(g.Sentence), Text: because(g)}
		default:
			c.Failure = &junitText{Type: "no-verdict", Message: "no verdict that is known: " + plain(string(g.Verdict))}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if !r.Verdict.Lets() || len(r.Gates) == 0 {
		// The whole must not look better than it is, whatever the gates say one by one.
		if failed := func() bool {
			for _, c := range suite.Cases {
				if c.Failure != nil {
					return true
				}
			}
			return false
		}(); !failed {
			message := plain(r.Headline)
			if message == "" {
				message = "no gate was judged"
			}
			suite.Cases = append(suite.Cases, junitCase{Name: "the report", Class: "gates", Failure: &junitText{Type: "no-verdict", Message: message}})
		}
	}
	return suite
}

func decisionSuite(v View) junitSuite {
	suite := junitSuite{Name: "promotion"}
	for _, d := range v.Decisions {
		c := junitCase{Name: plain(v.version() + " to " + string(d.Target)), Class: "promotion", Out: plain("met: " + strings.Join(d.Met, ", "))}
		if !d.Allowed() {
			var lines []string
			for _, u := range d.Unmet {
				lines = append(lines, plain(u.Requirement+": "+string(u.Reason)+after(": ", u.Detail)))
			}
			c.Failure = &junitText{Type: "refused", Message: plain("refused: " + strings.Join(reasons(d), ", ")), Text: strings.Join(lines, "\n")}
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}

// gateLine is a gate's figures on a line.
func gateLine(g gates.Outcome) string {
	parts := []string{plain(g.Where)}
	if g.Measured != "" {
		parts = append(parts, "measured "+plain(g.Measured))
	}
	if d := deciding(g); d != "" {
		parts = append(parts, "decides on "+d)
	}
	parts = append(parts, "required "+plain(g.Bound))
	if n := len(g.Claims); n > 0 && g.Claims[0].Support > 0 {
		parts = append(parts, "n "+evaluate.Count(g.Claims[0].Support))
	}
	return strings.TrimPrefix(strings.Join(parts, "; "), "; ")
}

func because(g gates.Outcome) string {
	var lines []string
	for _, s := range []string{after("because: ", g.Because), g.Note, after("see: ", g.Reproduce)} {
		if s != "" {
			lines = append(lines, plain(s))
		}
	}
	if g.At.File != "" {
		lines = append(lines, plain(g.At.File+":"+strconv.Itoa(g.At.Line)))
	}
	return strings.Join(lines, "\n")
}
