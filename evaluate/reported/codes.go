package reported

// Codes are this package's problem and note codes, with what `gatecard explain` says of each. Problems of JSON have package schema's.
func Codes() map[string]string {
	return map[string]string{
		"unknown-results":     "The file holds no results that can be read as another tool's: MLflow's run metrics, scikit-learn's classification_report as a dict, lm-evaluation-harness's results, an Inspect log, a mapping of numbers, or CSV with the columns metric and value. What it is, is told by its content, not by its name.",
		"no-results":          "The file is of a known tool, and has not one metric in it.",
		"unfinished-run":      "The run that computed the numbers failed, was stopped, was deleted or has not ended. What it had logged by then may be of half its rows. Give the results of a run that ended well.",
		"incomplete-run":      "Some samples of the evaluation were not completed, so its numbers leave out just those that gave trouble. Run them again until all are completed.",
		"invalidated-run":     "A person marked the log, or samples in it, as invalid. Its numbers are not used.",
		"unsupported-version": "The log is of another version of its form than is read. Write it anew with a current version of the tool.",
		"more-pages":          "MLflow gives a long history in pages, and this is not the last: a later value may be the one that counts. Ask for all pages, or for the run, which has the last values.",
		"lost-class":          "scikit-learn writes a report's classes and its averages under one another's names: a class named \"accuracy\" or \"macro avg\" is overwritten. The supports show that one is missing. Give the classes other names by target_names.",
		"duplicate-row":       "The file gives one metric of one slice twice, and nobody can tell which counts.",
		"bad-figure":          "A standard error, an interval, a level or an n cannot be what it is said to be: negative, the wrong way round, or no whole number.",
		"bad-slice":           "The name of a slice cannot be taken apart. TensorFlow Model Analysis joins names and values by \"_X_\" and escapes nothing; use a column for each group instead.",
		"two-tools":           "The rows are of more than one tool. Each tool's results are a file, so that its origin can be shown.",
		"bad-archive":         "The .eval file is a zip archive that cannot be read: truncated, damaged, or made to mislead. Nothing of it is used.",

		"unnamed-tool":     "The file does not say which tool computed its numbers. They are shown as those of an unnamed tool.",
		"unnamed-run":      "The file does not say of which run its numbers are, or how that ended.",
		"last-of-history":  "A metric was logged several times in a run, as in training. The last step's value is taken, as MLflow does.",
		"weighted-rows":    "The report is of weighted rows, so that its supports are sums of weights and no numbers of rows. No metric has an n then.",
		"uncommitted-code": "The code of the evaluation had changes that are in no commit, so that nobody can run it again as it was.",
	}
}
