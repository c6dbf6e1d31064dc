package render

// Formats lists them all.
func Formats() []Format {
	return []Format{htmlPage, markdown, junit, github}
}
