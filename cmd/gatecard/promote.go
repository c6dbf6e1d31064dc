package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/render"
)

func (a *app) promoteCommand() *cobra.Command {
	var target string
	var dryRun bool
	cmd := &cobra.Command{
		Use:     "promote NAME/N --to TARGET",
		Short:   "Point a stage or alias at a version on verified evidence, or refuse and list every requirement",
		Example: "  gatecard promote ma-employment/2 --to Production",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := targetOf(target)
			if err != nil {
				return err
			}
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			a.readers()
			v, d, err := pipeline.Promote(cmd.Context(), job, args[0], t, dryRun)
			return a.decided(v, d, dryRun, err)
		},
	}
	cmd.Flags().StringVar(&target, "to", "", "`TARGET`: a stage, or an alias as @champion")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "verify, and move and record nothing")
	return cmd
}

func (a *app) rollbackCommand() *cobra.Command {
	var target string
	cmd := &cobra.Command{
		Use:   "rollback NAME --to TARGET",
		Short: "Point a target at its nearest earlier holder again",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := targetOf(target)
			if err != nil {
				return err
			}
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			a.readers()
			v, d, err := pipeline.Rollback(cmd.Context(), job, args[0], t)
			return a.decided(v, d, false, err)
		},
	}
	cmd.Flags().StringVar(&target, "to", "", "`TARGET`: a stage, or an alias as @champion")
	return cmd
}

// targetOf reads --to.
func targetOf(to string) (evidence.Target, error) {
	if to == "" {
		return "", misuse("--to is needed: a stage, or an alias as @champion")
	}
	return pipeline.ParseTarget(to)
}

// readers are those whom the configuration names, where there is one: a promotion needs none.
func (a *app) readers() {
	if _, err := os.Stat(a.config); err != nil && !a.configNamed {
		return
	}
	c, err := a.load()
	if err == nil {
		a.job.Tell, err = notify.Readers(c.Notify, os.Getenv)
	}
	if err != nil {
		a.job.Note(fmt.Sprintf("nobody is told: %s", err))
	}
}

// decided prints a decision about a move.
func (a *app) decided(v evidence.Version, d evidence.Decision, dryRun bool, err error) error {
	if err != nil {
		return err
	}
	a.notes()
	there := slices.Contains(d.Met, registry.AlreadyThere)
	switch {
	case a.output == "json":
		err = a.json(d)
	case d.Allowed() && there:
		_, err = fmt.Fprintf(a.stdout, "  %s is already at %s: nothing was moved\n", v, d.Target)
	case d.Allowed() && dryRun:
		_, err = fmt.Fprintf(a.stdout, "  %s would be let into %s (%s)\n", v, d.Target, strings.Join(d.Met, " · "))
	default:
		err = render.Decision(a.stdout, v.String(), d, a.options(a.stdout))
	}
	if dryRun && a.output == "text" {
		fmt.Fprintln(a.stdout, "  dry run: nothing was moved or recorded")
	}
	if !dryRun {
		err = errors.Join(err, a.tellCI(render.View{Model: v.String(), Decisions: []evidence.Decision{d}}))
	}
	if err == nil && !d.Allowed() {
		err = errRefused
	}
	return err
}
