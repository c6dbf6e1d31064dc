package gates

import "github.com/gatecard/gatecard/evaluate/stats"

type limits = stats.Limits
