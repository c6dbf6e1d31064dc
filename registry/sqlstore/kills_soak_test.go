//go:build soak

package sqlstore

const (
	kills      = 2000
	raceRound  = 200
	faultCalls = 100000 // all
)
