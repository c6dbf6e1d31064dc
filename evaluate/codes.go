package evaluate

// Codes are this package's problem codes, with what `gatecard explain` says of each.
func Codes() map[string]string {
	return map[string]string{
		"unknown-metric": "The name is none of gatecard's metrics. They are named as in scikit-learn (roc_auc, precision, recall, f1), else as in fairlearn " +
			"(false_positive_rate, selection_rate), and each knows its usual aliases (tpr, auc, specificity). `gatecard explain metrics` lists them.",
		"unknown-cut": "A cut is a score to predict at, written after the metric: precision@0.9. Only metrics of predictions have one; a ranking metric such as roc_auc looks at all cuts at once.",
		"unknown-condition": "A condition chooses the cut on these rows: recall@fpr<=0.01 (the lowest cut with at most that false positive rate), precision@recall>=0.8, " +
			"precision@top1% (the hundredth part of the rows, with the highest scores). It names a rate that the metric itself is not.",
		"bad-prevalence": "`prevalence:` is the share of positives in real use, above 0 and under 1, for rows that were sampled by their label (`sampling: stratified` or `resampled`). " +
			"Precision, F1, accuracy and the like are then told at that share. Rows of the deployment have it already.",
		"unknown-group":  "The name is no group of this file. Groups are named under `groups:`, by `name` or else by their `column`; a cross is written \"sex * age\" and must name groups that stand before it.",
		"unnamed-group":  "An entry under `groups:` needs the `column` that it groups by, or is a cross of others, \"sex * age\".",
		"group-twice":    "Two groups have one name, so a gate could not say which it means. Give one of them another by `name`.",
		"bad-group-name": "The signs * × , = are used to write crosses and to name slices. Give the group another name by `name`.",
		"bad-cross":      "A cross needs two or more different groups that are named before it: \"sex * age\".",
		"bad-bins":       "Bins are the edges between groups of numbers, rising: [25, 40, 65] makes <25, 25-40, 40-65 and >=65. Each bin holds its left edge, as numpy.digitize.",
		"no-baseline":    "A drift gate compares the rows with a baseline, and there is none, or it has not the columns or groups that are asked for: name the file of its rows by `data: {baseline: FILE}`. A stored baseline keeps what the gates asked for when it was made.",
		"bad-baseline":   "The baseline is a .json file, and so is read as one that gatecard stored: baseline.json, as attached to a version. This one is not as gatecard writes it. Name the rows themselves, or the stored file as it was.",
		"no-rival":       "A gate compares with another version on the same rows. Its scores come from what was kept with the champion, or from a column or file that `data: {compare: {champion: …}}` names.",
		"missing-values": "Rows without a label or a score cannot be counted rightly or wrongly, so that leaving them out would change what every figure means. Fill or remove them in the file, knowingly. Labels that are still to come may be counted either way: `outcomes: {max_missing: 0.05}`; where whole " +
			"groups of rows never get one, `outcomes: {known_for: selected}` says so.",
		"bad-outcomes": "`outcomes:` says what is allowed of rows without an outcome: `max_missing`, at most this share, each counted either way, so that what is proven holds whatever it turns out " +
			"to be; or `known_for: selected`, where only those that somebody selected have one (granted loans): nothing that needs the others' outcome is proven then. One of the two.",
		"bad-delay": "`label_delay: 30d` leaves rows out whose label may still change: those younger than so many hours, days or weeks (h, d, w). `time:` names the column with when a row was " +
			"scored, and `as_of:` the moment from which ages count, else the newest time among the rows. Neither has a meaning without the delay.",
		"bad-time": "A time is written as RFC 3339 (2026-01-31T12:00:00Z; without an offset it is UTC), as a date, or as a whole number since 1970 in seconds, milliseconds, microseconds or nanoseconds, " +
			"which its size tells: one unit in one column, and none before March 1973. 20260131 is no time: it would be seconds of 1970.",
		"all-young":        "Every row is younger than `label_delay`: no outcome is due yet, so that there is nothing to measure. Wait, or evaluate older rows; `task: scores` tells how scores lie without outcomes.",
		"not-finite-data":  "A score is NaN or infinite. Such a row has no place in any ranking; gatecard does not guess one.",
		"not-binary":       "The task is binary, but the label has more or fewer kinds of values than two, or none that is the positive one. Name the positive value by `positive:`.",
		"bad-prediction":   "The prediction column holds something that is no value of the label, or that contradicts the score at the threshold. One of the two is not what the configuration says.",
		"duplicate-ids":    "An id stands on several rows, so that rows cannot be joined or compared one to one. Ids must be unique in each file.",
		"unmatched-rows":   "Rows of one file have no partner of the same id in the other. Leaving them out would change whom the figures are about.",
		"other-labels":     "The compared scores were kept with other outcomes for the same ids: a comparison would be of two different questions.",
		"other-classes":    "Rows of the champion are predicted a class that these rows do not have, in labels or predictions, and that `scores` do not name. Classes are compared letter by letter: the two may be written in other ways, and then every row would count as wrong. A class that no row has is named by `scores`.",
		"too-many-rows":    "Areas under ROC curves of several classes need all rows in the order of every class's score, and so in memory. All other figures of several classes take none: name `metrics:` without these, or allow more by --memory.",
		"other-scores":     "Scores of the champion that a column or file brings are not those that were kept with its version when it was judged. One of the two is not the champion's.",
		"too-many-groups":  "A grouping column has so many values that it looks like an id or a number. Group numbers by `bins:`.",
		"bad-interval":     "The upper end of a prediction interval lies below the lower one. The two columns may have been taken for each other.",
		"unknown-task":     "`task:` says what the model does with a row. gatecard knows binary (one of two classes, by a score), multiclass (one of several), regression (a number) and scores (a binary task whose outcomes nobody knows yet).",
		"unknown-class":    "A class is written after a metric of two classes, as recall@class=setosa: of that class against the rest. It is one of the values that the label, the predictions or `scores` have.",
		"too-many-classes": "The label has so many values that it looks like an id or a number. A number is predicted by `task: regression`.",
		"other-task":       "Each task has metrics and keys of its own: a regression has no recall and no threshold, a binary model no R². `gatecard explain metrics` lists them.",
		"bad-parameter":    "Some metrics take a number after @, as pinball_loss@0.9 takes the quantile that was predicted. This is none that the metric takes.",
		"negative-latency": "A latency is below 0: the clocks that took it disagree, or the column is of something else.",
		"rows-or-results":  "`data:` names rows, by `path` and columns, or a file of results that another tool computed, by `reported`. What is of rows has no meaning beside results.",
		"not-reported":     "A gate, or `metrics:`, names a metric of which the file of results has nothing. Names are found as everywhere (acc and f1-score mean accuracy and f1); those that are no metric of gatecard's are shown as they are, and no gate can ask for them.",
		"unknown-variant":  "`data: {variant: …}` names a filter, a scorer or a mean of which the file of results has nothing.",
		"ambiguous-figure": "The file of results gives a metric more than once for one slice: by several filters or scorers, or under several names that mean the same. Nobody can tell which counts. Name the one by `data: {variant: …}`, or ask for a mean by its name, as f1_macro.",
		"changed-file":     "A file was changed while it was being read: its digest differs between two readings. Run again when nobody writes to it.",
	}
}
