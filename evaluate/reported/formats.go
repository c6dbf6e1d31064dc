package reported

// Formats lists them all. The first whose content fits reads a file, so that the one that takes any mapping of numbers stands last.
func Formats() []Format {
	return []Format{
		inspectFormat,
		lmEvalFormat,
		sklearnFormat,
		mlflowFormat,
		slicesFormat,
		flatFormat,
	}
}
