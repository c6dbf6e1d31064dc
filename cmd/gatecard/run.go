package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/pipeline"
)

// lineageFlags are those of run and register.
func lineageFlags(cmd *cobra.Command, o *pipeline.Origins) {
	flags := cmd.Flags()
	flags.StringVar(&o.Data, "data-version", "", "lineage: `VERSION` of the training data")
	flags.StringVar(&o.Commit, "commit", "", "lineage: git `COMMIT` of the training code (default: that of the working tree around the configuration; of register, around here)")
	flags.StringVar(&o.Run, "run-id", "", "lineage: `ID` of the training run")
	flags.StringVar(&o.Parent, "parent", "", "lineage: `VERSION` that this one was made from")
}

func (a *app) runCommand() *cobra.Command {
	var data, folder, number, out string
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
				return misuse("--register makes a new version, --version names one: give one of them")
			}
			job, err := a.newJob(&c)
			if err != nil {
				return err
			}
			job.Folder, job.Number, job.Out = folder, number, out
			if folder != "" {
				if job.Lineage, err = pipeline.Lineage(cmd.Context(), origins, &c, os.Getenv, filepath.Dir(a.config)); err != nil {
					return err
				}
			}
			for _, t := range targets {
				target, err := pipeline.ParseTarget(t)
				if err != nil {
					return err
				}
				job.Promote = append(job.Promote, target)
			}
			if job.Tell, err = notify.Readers(c.Notify, os.Getenv); err != nil {
				job.Note(err.Error())
			}
			view, err := pipeline.Run(cmd.Context(), c, job)
			if err != nil {
				return err
			}
			return a.show(view)
		},
	}
	cmd.Flags().StringVar(&out, "out", pipeline.DefaultOut, "`FOLDER` to write into")
	cmd.Flags().StringVar(&data, "data", "", "`PATH` of predictions instead of the configuration's: a file, a folder, a pattern, or - for standard input")
	cmd.Flags().StringVar(&folder, "register", "", "make a new version of the artifacts in `DIR`")
	cmd.Flags().StringVar(&number, "version", "", "evaluate version `N`, which exists")
	cmd.Flags().StringArrayVar(&targets, "promote", nil, "then promote to `TARGET`: a stage, or an alias as @champion (again for more)")
	lineageFlags(cmd, &origins)
	return cmd
}
