package pipeline

import "fmt"

// UsageError is wrong use: of flags, or of a configuration with the registry that there is. Code is stable.
type UsageError struct{ Code, What string }

func (e *UsageError) Error() string { return e.What }

func usage(code, format string, args ...any) error {
	return &UsageError{Code: code, What: fmt.Sprintf(format, args...)}
}
