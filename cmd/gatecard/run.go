package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/render"
)

// lineageFlags are those of run and register.
func lineageFlags(cmd *cobra.Command, o *pipeline.Origins) {
	flags := cmd.Flags()
	flags.StringVar(&o.Data, "data-version", "", "lineage: `VERSION` of the training data")
	flags.StringVar(&o.Commit, "commit", "", "lineage: git `COMMIT` of the training code (default: that of the working tree)")
	flags.StringVar(&o.Run, "run-id", "", "lineage: `ID` of the training run")
	flags.StringVar(&o.Parent, "parent", "", "lineage: `VERSION` that this one was made from")
}

func (a *app) runCommand() *cobra.Command {
	var data, folder, number string
	var targets []string
	var origins pipeline.Origins
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Evaluate, judge, fill the card, sign, attach and promote: the whole way",
		Example: `  gatecard run --no-registry
  gatecard run --register model/ --promote Production --promote @champion`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			if data != "" {
				if err := c.SetData(data); err != nil {
					return err
				}
			}
			if folder != "" && number != "" {
				return fmt.Errorf("%w: --register makes a new version, --version names one: give one of them", errFlags)
			}
			job, err := a.newJob(&c)
			if err != nil {
				return err
			}
			job.Folder, job.Number = folder, number
			if folder != "" {
				job.Lineage = pipeline.Lineage(cmd.Context(), origins, &c, os.Getenv, ".")
			}
			for _, t := range targets {
				target, err := pipeline.ParseTarget(t)
				if err != nil {
					return err
				}
				job.Promote = append(job.Promote, target)
			}
			var silent error
			job.Tell, silent = notify.Readers(c.Notify, os.Getenv)
			view, err := pipeline.Run(cmd.Context(), c, job)
			if err != nil {
				return err
			}
			if silent != nil {
				view.Notes = append(view.Notes, silent.Error())
			}
			return a.show(view)
		},
	}
	cmd.Flags().StringVar(&a.out, "out", pipeline.DefaultOut, "`FOLDER` to write into")
	cmd.Flags().StringVar(&data, "data", "", "`FILE` of predictions, instead of the configuration's")
	cmd.Flags().StringVar(&folder, "register", "", "make a new version of the artifacts in `DIR`")
	cmd.Flags().StringVar(&number, "version", "", "evaluate version `N`, which exists")
	cmd.Flags().StringArrayVar(&targets, "promote", nil, "then promote to `TARGET`: a stage, or an alias as @champion (again for more)")
	lineageFlags(cmd, &origins)
	return cmd
}

// show prints a view, tells the CI system, and refuses where it did not pass.
func (a *app) show(v render.View) error {
	v.Took = time.Since(a.started)
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

func (a *app) evaluateCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:   "evaluate",
		Short: "Compute every metric of every group, and write evaluation.json",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			if data != "" {
				if err := c.SetData(data); err != nil {
					return err
				}
			}
			job, err := a.newJob(&c)
			if err != nil {
				return err
			}
			e, err := pipeline.Evaluate(cmd.Context(), c, job)
			if err != nil {
				return err
			}
			if a.output == "json" {
				return a.json(e)
			}
			return render.Figures(a.stdout, e, a.options(a.stdout))
		},
	}
	cmd.Flags().StringVar(&a.out, "out", pipeline.DefaultOut, "`FOLDER` to write into")
	cmd.Flags().StringVar(&data, "data", "", "`FILE` of predictions, instead of the configuration's")
	return cmd
}

func (a *app) gateCommand() *cobra.Command {
	var id string
	var assume float64
	cmd := &cobra.Command{
		Use:   "gate [evaluation.json]",
		Short: "Judge an evaluation by the policy, without rows or registry",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			file := pipeline.DefaultOut + "/evaluation.json"
			if len(args) == 1 {
				file = args[0]
			}
			job, err := a.newJob(&c)
			if err != nil {
				return err
			}
			report, evaluation, err := pipeline.Gate(cmd.Context(), c, file, job)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("assume") {
				plan, err := pipeline.Plan(c, report, assume)
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(plan)
				}
				for _, line := range plan.Lines() {
					fmt.Fprintln(a.stdout, line)
				}
				return nil
			}
			if id != "" {
				outcome, err := pipeline.FindGate(report, id)
				if err != nil {
					return err
				}
				if a.output == "json" {
					err = a.json(outcome)
				} else {
					err = render.Explain(a.stdout, outcome, evaluation, a.options(a.stdout))
				}
				if err == nil && !outcome.Verdict.Lets() {
					err = errRefused
				}
				return err
			}
			return a.show(render.View{Model: c.Model, Report: report, Card: cards.Fill(c.Model, c.Words, evaluation, report, nil), Out: a.out})
		},
	}
	cmd.Flags().StringVar(&a.out, "out", "", "`FOLDER` to write gates.json into")
	cmd.Flags().StringVar(&id, "explain", "", "show one `GATE`: every claim with its limits, and how the number comes about")
	cmd.Flags().Float64Var(&assume, "assume", 0, "say how many rows would settle what is undecided, if the truth were `VALUE`")
	return cmd
}

func (a *app) renderCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "render [FOLDER]",
		Short: "Make a page of what a run wrote: html, markdown, junit",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := pipeline.DefaultOut
			if len(args) == 1 {
				folder = args[0]
			}
			job, err := a.newJob(&pipeline.Config{})
			if err != nil {
				return err
			}
			page, err := pipeline.Render(cmd.Context(), folder, format, job)
			if err != nil {
				return err
			}
			_, err = a.stdout.Write(page)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "html", "`NAME` of the page: html, markdown, junit, github")
	return cmd
}

func (a *app) recheckCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:     "recheck NAME@champion --data FILE",
		Short:   "Judge what is in production now on fresh data; sign and attach the result, move nothing",
		Example: "  gatecard recheck ma-employment@champion --data predictions-2018.parquet",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.load()
			if err != nil {
				return err
			}
			if data == "" {
				return fmt.Errorf("%w: recheck needs --data FILE: the fresh predictions", errFlags)
			}
			if err := c.SetData(data); err != nil {
				return err
			}
			job, err := a.newJob(&c)
			if err != nil {
				return err
			}
			var silent error
			job.Tell, silent = notify.Readers(c.Notify, os.Getenv)
			view, err := pipeline.Recheck(cmd.Context(), c, job, args[0])
			if err != nil {
				return err
			}
			if silent != nil {
				view.Notes = append(view.Notes, silent.Error())
			}
			return a.show(view)
		},
	}
	cmd.Flags().StringVar(&data, "data", "", "`FILE` of fresh predictions")
	return cmd
}

func (a *app) registerCommand() *cobra.Command {
	var origins pipeline.Origins
	cmd := &cobra.Command{
		Use:   "register NAME DIR",
		Short: "Make a new immutable version from a folder of artifacts",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			job.Lineage = pipeline.Lineage(cmd.Context(), origins, nil, os.Getenv, ".")
			v, made, err := pipeline.Register(cmd.Context(), args[0], args[1], job)
			if err != nil {
				return err
			}
			if a.output == "json" {
				return a.json(v)
			}
			a.notes()
			if !made {
				fmt.Fprintf(a.stdout, "%s holds these very files already: no new version was made\n", v)
				return nil
			}
			fmt.Fprintf(a.stdout, "%s registered: %d files, manifest %s\n", v, len(v.Manifest), v.Manifest.Digest())
			return nil
		},
	}
	lineageFlags(cmd, &origins)
	return cmd
}

// notes prints what happened on the way: a new key, a new registry.
func (a *app) notes() {
	for _, n := range a.job.Notes() {
		fmt.Fprintf(a.stderr, "note: %s\n", n)
	}
}

func (a *app) promoteCommand() *cobra.Command {
	var target string
	var dryRun bool
	cmd := &cobra.Command{
		Use:     "promote NAME/N --to TARGET",
		Short:   "Point a stage or alias at a version on verified evidence, or refuse and list every requirement",
		Example: "  gatecard promote ma-employment/2 --to Production",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := pipeline.ParseTarget(target)
			if err != nil {
				return err
			}
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
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
			t, err := pipeline.ParseTarget(target)
			if err != nil {
				return err
			}
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			v, d, err := pipeline.Rollback(cmd.Context(), job, args[0], t)
			return a.decided(v, d, false, err)
		},
	}
	cmd.Flags().StringVar(&target, "to", "", "`TARGET`: a stage, or an alias as @champion")
	return cmd
}

// decided prints a decision about a move.
func (a *app) decided(v evidence.Version, d evidence.Decision, dryRun bool, err error) error {
	if err != nil {
		return err
	}
	if a.output == "json" {
		err = a.json(d)
	} else {
		a.notes()
		if dryRun {
			fmt.Fprintln(a.stdout, "dry run: nothing was moved or recorded")
		}
		err = render.Decision(a.stdout, v.String(), d, a.options(a.stdout))
	}
	if err == nil && !d.Allowed() {
		err = errRefused
	}
	return err
}
