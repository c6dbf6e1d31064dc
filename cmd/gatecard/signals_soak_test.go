//go:build soak

package main

// usualSignals are how often a test of interruptions sends its signal.
const usualSignals = 400
