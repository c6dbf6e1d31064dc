//go:build !soak

package stats

// The small grid: seconds. The large one is behind the build tag soak.
const soak = false
