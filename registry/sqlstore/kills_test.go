//go:build !soak

package sqlstore

// How often processes are killed, and how many rounds they race, in the test that everybody runs; `make soak` does more.
const (
	kills      = 60
	raceRound  = 5
	faultCalls = 30
)
