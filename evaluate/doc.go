// Package evaluate turns evaluation outputs into an [Evaluation]: every metric of every slice, with its uncertainty.
//
// In: [Config] (where the rows are), [Terms] (what their figures mean), [Needs] (what the gates ask for), [Against] (what is compared
// with). Out: an Evaluation from which any gate can be judged, at any error level, without the rows. It judges nothing and keeps no row.
// Start with [Run] and [Metrics].
package evaluate
