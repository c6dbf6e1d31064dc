package gates

// Codes are this package's problem codes, with what `gatecard explain` says of each.
func Codes() map[string]string {
	return map[string]string{
		"no-gates":            "A policy without gates would let every model through, and nothing passes by absence. Write at least one gate under `gates:`.",
		"only-versus":         "Every gate of this policy compares with the champion. As long as there is none, no gate applies, and the first version would be let in with nothing judged. Write at least one gate that judges the model by itself, as {metric: roc_auc, min: 0.8}.",
		"not-evaluated":       "A gate asks for a figure that the evaluation lacks: it was made under another policy, before the gate was written. Run `gatecard evaluate`, or `gatecard run`, again under this policy.",
		"evaluation-damaged":  "The evaluation contradicts itself or lacks a part that every evaluation has, so that a verdict on it would mean nothing. Run `gatecard evaluate` again, and let nothing else write its file.",
		"one-group":           "The gate compares groups with each other, and all rows are of one group. Evaluate rows of two groups at least, or name the groups that must be there by `values:`.",
		"unknown-gate":        "A gate is of the kind that its own key says: min or max (a bound), max_gap (a gap between groups), min_ratio or max_ratio (a ratio), versus (against the champion), drift. This entry has none of them.",
		"empty-across":        "A gate with an empty `across` would look at all rows together, which is not what a list of groups was meant to ask. Name the groups, or leave `across` out.",
		"bad-gate":            "An entry under `gates:` could not be read as its kind. `gatecard schema gate-bound` (or gap, ratio, versus, drift) shows what it holds.",
		"gate-twice":          "Two gates have the same id, so evidence could not say which one passed. Change one, or leave ids out: they are made from the rule.",
		"two-bounds":          "A gate has exactly one bound, so that its verdict has one meaning. Write a second gate for the other.",
		"bound-out-of-range":  "The figure can never lie beyond this bound, or never within it, so the gate would always pass or always fail. A share is written as a fraction of 1: five points are 0.05 or \"5pp\".",
		"unprovable":          "`decide: proven` asks that the whole interval keeps the bound, and no sample of any size can show a recall of exactly 1 or a gap of exactly 0. Give a bound short of it, or judge the estimate.",
		"no-interval":         "No interval with a shown error rate is known to gatecard for this figure, so a gate on it would be undecided for ever. `docs/statistics.md` lists which metrics have one; the others can stand in a card.",
		"no-better":           "The metric describes the data or the model's habits and is neither better high nor low, so that a drop in it has no meaning.",
		"unknown-distance":    "The name is no distance between distributions that gatecard knows. They are psi, js_divergence, js_distance and cramers_v (of shares), ks, wasserstein and wasserstein_normalized (of numbers), prevalence and selection_rate (of positives); `gatecard explain NAME` says what each is.",
		"wrong-column":        "A change of prevalence is one of the label's share of positives, and a change of selection_rate one of the predictions'. Name the column of that.",
		"unknown-stage":       "Stages are MLflow's: None, Staging, Production, Archived. For a name of your own use an alias.",
		"unknown-requirement": "A stage or alias can require gates, card, artifacts and lineage. A word that nobody checks would look like a protection and be none.",
		"no-requirements":     "A stage or alias that is listed with an empty `requires` would be protected by nothing. Leave it out to move it freely, or require gates at least. Production and champion always require gates and card.",
		"gates-not-required":  "What is protected must require gates: a card or a lineage alone says nothing of whether the model is good enough.",
		"no-artifacts":        "A target requires artifacts, and the policy maps no role to a file. Write `artifacts: {weights: \"*.onnx\", …}`.",
		"bad-pattern":         "An artifact's pattern is a file name in which * stands for any letters and ? for one: \"*.onnx\".",
		"bad-alias":           "In the policy an alias is written without its @, which only marks it on the command line: `aliases: {champion: …}`.",
		"bad-duration":        "A length of time is a number and h (hours), d (days) or w (weeks): 90d.",
	}
}
