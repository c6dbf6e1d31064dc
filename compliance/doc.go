// Package compliance says, item by item of a [Framework], what there is to show for one version, and what is missing.
//
// In: a framework (a YAML file of items, see [Frameworks]) and a [Dossier], all there is to show. Out: a [Matrix] of [Covered] items, and
// the dossier as one file that verifies offline ([WriteZip], [VerifyZip]). It never gives a percentage and passes no judgement on the whole:
// that something is there does not make it true or enough. No date or duty stands in code. Start with [Dossier] and [Cover].
package compliance
