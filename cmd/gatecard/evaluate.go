package main

import (
	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/render"
)

func (a *app) evaluateCommand() *cobra.Command {
	var data, out string
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
			job.Out = out
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
	cmd.Flags().StringVar(&out, "out", pipeline.DefaultOut, "`FOLDER` to write into")
	cmd.Flags().StringVar(&data, "data", "", "`PATH` of predictions instead of the configuration's: a file, a folder, a pattern, or - for standard input")
	return cmd
}
