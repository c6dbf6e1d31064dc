// Package stats turns counts and sums into intervals, limits, tests and sample sizes, each with its paper.
//
// In: counts, sums and standard errors. Out: a [Basis], from which a figure's one-sided limits can be had at any error level, now or
// years later, without the rows; an [Interval] for reading; rows needed, and what a sample could have caught.
//
// It sees no row, slice or metric, decides nothing, and is pure: no clock, no random number, no state. Where a method gives no limit the
// answer is NaN, so that every comparison with it is false. Start with [Basis], [Proportion] and [Describe]; docs/statistics.md is the
// same in prose.
package stats
