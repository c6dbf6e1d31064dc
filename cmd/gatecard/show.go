package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/gatecard/gatecard/render"
)

// show prints a view, tells the CI system, and refuses where it did not pass.
func (a *app) show(v render.View) error {
	v.Took = a.now().Sub(a.started)
	var err error
	if a.output == "json" {
		err = a.json(render.Summary(v))
	} else {
		err = render.Terminal(a.stdout, v, a.options(a.stdout))
	}
	if err = errors.Join(err, a.tellCI(v)); err != nil {
		return err
	}
	if !v.Passed() {
		return errRefused
	}
	return nil
}

// tellCI writes annotations and the step summary where GitHub Actions asks for them.
func (a *app) tellCI(v render.View) error {
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		if err := render.Annotations(a.stderr, v); err != nil {
			return err
		}
	}
	file := os.Getenv("GITHUB_STEP_SUMMARY")
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		fmt.Fprintf(a.stderr, "gatecard: the step summary could not be written: %s\n", err)
		return nil
	}
	if err := errors.Join(render.StepSummary(f, v), f.Close()); err != nil {
		fmt.Fprintf(a.stderr, "gatecard: the step summary could not be written: %s\n", err)
	}
	return nil
}
