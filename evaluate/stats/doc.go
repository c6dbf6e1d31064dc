// Package stats turns counts and sums into intervals, limits, tests and sample sizes, each with its paper.
//
// It sees no row, slice or metric. Start with [Basis]: from it a figure's limits can be had at any error level, without the rows.
package stats
