package evaluate

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/gatecard/gatecard/evaluate/stats"
	"github.com/gatecard/gatecard/evaluate/sweep"
)

// noLatency is why a latency has no value.
const noLatency = "there is no latency column"

// latency completes a metric of the column of latencies, of a task of any kind. Unit: the column's. Undefined without the column, and without rows.
func latency(m Metric, value func(*sweep.Summary) float64, basis func(*sweep.Summary) stats.Basis) Metric {
	m.Denominator, m.Better, m.Range, m.Latency = "rows", Lower, notNegative, true
	m.summarise(noLatency, func(s sweep.Stats) *sweep.Summary { return s.Latency }, value, basis)
	return m
}

// summarise completes a metric of a column's summary: undefined where there is none, and without rows.
func (m *Metric) summarise(none Undefined, of func(sweep.Stats) *sweep.Summary, value func(*sweep.Summary) float64, basis func(*sweep.Summary) stats.Basis) {
	m.Value = func(s sweep.Stats) (float64, error) {
		switch c := of(s); {
		case c == nil:
			return 0, none
		case c.N == 0:
			return 0, Undefined(noRows)
		default:
			return value(c), nil
		}
	}
	m.Basis = func(s sweep.Stats) stats.Basis {
		if c := of(s); c != nil && c.N > 0 {
			return basis(c)
		}
		return stats.Basis{}
	}
	m.Support = func(s sweep.Stats) int64 { return s.Rows }
}

// latencyMean is the mean latency. Its limits are Student's t on the log scale, for latencies are skewed: see [stats.PositiveMean].
var latencyMean = func() Metric {
	m := latency(Metric{Name: "latency_mean", Aliases: []string{"mean_latency"}, Title: "mean latency", Summary: "how long a prediction takes on average"},
		func(s *sweep.Summary) float64 { return s.Mean.Mean },
		func(s *sweep.Summary) stats.Basis {
			if math.IsNaN(s.Mean.SE) {
				return stats.Basis{}
			}
			return stats.PositiveMean(s.Mean.Mean, s.Mean.SE, float64(s.N-1))
		})
	m.Least = 100 // docs/statistics.md, "Means"
	return m
}()

// Percentiles of the latency, NumPy's with method "inverted_cdf": the smallest latency that at least this share of the rows does not exceed, so one
// that some row has. Limits are order statistics, of any distribution.
var (
	latencyP50  = latencyPercentile(0.5, "latency_p50", "latency_median", "median_latency")
	latencyP95  = latencyPercentile(0.95, "latency_p95", "p95_latency")
	latencyP99  = latencyPercentile(0.99, "latency_p99", "p99_latency")
	latencyP999 = latencyPercentile(0.999, "latency_p999", "latency_p99.9", "p999_latency")
)

// latencyShares are those of the percentiles.
var latencyShares = map[string]float64{"latency_p50": 0.5, "latency_p95": 0.95, "latency_p99": 0.99, "latency_p999": 0.999}

func latencyPercentile(q float64, name string, aliases ...string) Metric {
	percent := strconv.FormatFloat(100*q, 'g', 4, 64)
	return latency(Metric{Name: name, Aliases: aliases, Title: "p" + percent + " latency", Summary: fmt.Sprintf("what %s %% of the predictions take at most", percent)},
		func(s *sweep.Summary) float64 { return s.Quantile(q) },
		func(s *sweep.Summary) stats.Basis { return s.Percentile(q, s.Quantile(q)) })
}

// latencyQuantiles are those that some metrics need.
func latencyQuantiles(named []Named) []float64 {
	var all []float64
	for _, m := range named {
		if q, ok := latencyShares[m.Name]; ok {
			all = append(all, q)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
