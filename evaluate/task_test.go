package evaluate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatecard/gatecard/evaluate"
)

// binaryMetrics are those of two classes and a score.
func binaryMetrics() []evaluate.Metric {
	return slices.DeleteFunc(evaluate.Metrics(), func(m evaluate.Metric) bool { return !m.Of(evaluate.Binary) || m.Latency })
}

// otherMetrics are all the others.
func otherMetrics() []evaluate.Metric {
	return slices.DeleteFunc(evaluate.Metrics(), func(m evaluate.Metric) bool { return m.Of(evaluate.Binary) && !m.Latency })
}

// TestOtherMetricsAreComplete holds those of other tasks, and of latencies, to what pages, policies and `gatecard explain` need.
func TestOtherMetricsAreComplete(t *testing.T) {
	names := map[string]string{}
	for _, m := range evaluate.Metrics() {
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			if other, ok := names[name]; ok {
				t.Errorf("%q is %s and %s", name, other, m.Name)
			}
			names[name] = m.Name
		}
	}
	if len(otherMetrics()) == 0 {
		t.Fatal("no metrics")
	}
	for _, m := range otherMetrics() {
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_0123456789.") != "" {
				t.Errorf("%q is no plain name", name)
			}
			if found, err := evaluate.Lookup(name); err != nil || found.Name != m.Name {
				t.Errorf("%q is looked up as %q (%v)", name, found.Key, err)
			}
		}
		if m.Title == "" || m.Summary == "" || m.Denominator == "" || m.Value == nil || m.Support == nil || m.Better == "" || !(m.Range[0] < m.Range[1]) {
			t.Errorf("%s is not complete: %+v", m.Name, m)
		}
		if len(m.Tasks) == 0 && !m.Latency {
			t.Errorf("%s is of no task", m.Name)
		}
	}
}
