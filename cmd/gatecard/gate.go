package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/render"
)

func (a *app) gateCommand() *cobra.Command {
	var id, out string
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
			job.Out = out
			view, err := pipeline.Gate(cmd.Context(), c, file, job)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("assume") {
				plan, err := pipeline.Plan(view.Report, assume)
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
				outcome, err := pipeline.FindGate(view.Report, id)
				if err != nil {
					return err
				}
				if a.output == "json" {
					err = a.json(outcome)
				} else {
					err = render.Explain(a.stdout, outcome, view.Card.Evaluation, a.options(a.stdout))
				}
				if err == nil && !outcome.Verdict.Lets() {
					err = errRefused
				}
				return err
			}
			return a.show(view)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`FOLDER` to write evaluation.json, gates.json and card.json into")
	cmd.Flags().StringVar(&id, "explain", "", "show one `GATE`: every claim with its limits, and how the number comes about")
	cmd.Flags().Float64Var(&assume, "assume", 0, "say how many rows would settle what is undecided, if the truth were `VALUE`")
	return cmd
}
