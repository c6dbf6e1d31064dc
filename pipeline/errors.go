package pipeline

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/schema"
)

// UsageError is wrong use: of flags, or of a configuration with the registry that there is. Code is stable.
type UsageError struct{ Code, What string }

func (e *UsageError) Error() string { return e.What }

func usage(code, format string, args ...any) error {
	return &UsageError{Code: code, What: fmt.Sprintf(format, args...)}
}

// DataError is a file that a step reads and cannot: an evaluation that is not there, a card that is none. Code is stable.
type DataError struct {
	Code string
	Err  error
}

func (e *DataError) Error() string { return e.Err.Error() }
func (e *DataError) Unwrap() error { return e.Err }

// missing is a file that a step reads and that cannot be opened; what says what would make it.
func missing(what string, err error) error {
	code := "no-such-file"
	if !errors.Is(err, fs.ErrNotExist) {
		code = "unreadable"
	}
	return &DataError{code, fmt.Errorf("%s: %w", what, err)}
}

// spoilt is a file that another step wrote and that is not as it writes it.
func spoilt(err error) error {
	if err == nil {
		return nil
	}
	code := "unreadable"
	var ps schema.Problems
	if errors.As(err, &ps) && len(ps) > 0 {
		code = ps[0].Code
	}
	return &DataError{code, err}
}

// Kind is whose an error is: it decides the exit code.
type Kind int

// Kinds of errors. Zero is an outside failure: what is not known is nobody's mistake.
const (
	Outside Kind = iota // a registry, a disk, a network
	Refused             // a verification
	Usage               // of flags and configuration
	Data                // bad or missing
)

// Classify says whose an error is, and gives its stable code, which `gatecard explain` explains.
func Classify(err error) (Kind, string) {
	var (
		usage    *UsageError
		data     *DataError
		rows     *table.Error
		problems schema.Problems
		refusal  evidence.Refusal
		record   *evidence.LogError
		results  *evaluate.ResultsError

		evaluation *gates.EvaluationError
	)
	switch {
	case errors.As(err, &refusal):
		return Refused, string(refusal.Reason)
	case errors.As(err, &record):
		return Refused, string(record.Reason)
	case errors.Is(err, registry.ErrUntrusted):
		return Refused, string(evidence.KeyUntrusted)
	case errors.Is(err, registry.ErrDamaged):
		return Refused, "stored-bytes-damaged"
	case errors.As(err, &data):
		return Data, data.Code
	case errors.Is(err, gates.ErrDamaged):
		return Data, gates.ErrDamaged.Code
	case errors.As(err, &evaluation):
		return Usage, evaluation.Code
	case errors.As(err, &results) && errors.As(err, &problems) && len(problems) > 0:
		return Data, problems[0].Code
	case errors.As(err, &problems) && len(problems) > 0:
		return Usage, problems[0].Code
	case errors.As(err, &usage):
		return Usage, usage.Code
	case errors.Is(err, registry.ErrNotFound):
		return Usage, "not-found"
	case errors.Is(err, gates.ErrOtherTerms):
		return Usage, "other-terms"
	case errors.As(err, &rows):
		return Data, rows.Code
	}
	return Outside, outside(err)
}

// outside names the failures that a person can do something about.
func outside(err error) string {
	switch {
	case errors.Is(err, registry.ErrMoved), errors.Is(err, registry.ErrFenced), errors.Is(err, registry.ErrPolicyMoved), errors.Is(err, registry.ErrUndecided):
		return "overtaken"
	case errors.Is(err, syscall.ENOSPC):
		return "disk-full"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return "no-permission"
	}
	return "outside-failure"
}
