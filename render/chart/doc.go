// Package chart draws SVG: intervals against a bound and percentiles on a shared axis, and curves: ROC, precision and recall, calibration, scores,
// thresholds, and small ones of groups.
//
// Each chart is a string of SVG to stand in an HTML page. It has a title and a description, no id that could collide and no text but what it
// escapes; colours come from the page's CSS by class, and shapes tell what colours tell. The same input gives the same bytes.
// Start with [NewAxis], [ROC], [PrecisionRecall], [Calibration], [Scores], [Thresholds] and [Small].
package chart
