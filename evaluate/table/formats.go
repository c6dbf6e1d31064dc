package table

// Formats lists them all. The first whose Is holds reads a file.
func Formats() []Format {
	return []Format{
		parquetFormat,
		jsonlFormat,
		tsvFormat,
		csvFormat,
	}
}
