package render

import "io"

func Annotations(w io.Writer, v View) error { return nil }
func StepSummary(w io.Writer, v View) error { return nil }
