//go:build soak

package stats

// The large grid: go test -tags soak -timeout 0 -run Coverage -v ./evaluate/stats
const soak = true
