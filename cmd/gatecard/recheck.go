package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) recheckCommand() *cobra.Command {
	var data, out string
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
				return misuse("gatecard recheck needs --data FILE: the fresh predictions")
			}
			if err := c.SetData(data); err != nil {
				return err
			}
			job, err := a.newJob(&c)
			if err != nil {
				return err
			}
			if job.Tell, err = notify.Readers(c.Notify, os.Getenv); err != nil {
				job.Note(err.Error())
			}
			job.Out = out
			view, err := pipeline.Recheck(cmd.Context(), c, job, args[0])
			if err != nil {
				return err
			}
			return a.show(view)
		},
	}
	cmd.Flags().StringVar(&data, "data", "", "`FILE` of fresh predictions")
	cmd.Flags().StringVar(&out, "out", "", "`FOLDER` to write evaluation.json, gates.json and the evidence into")
	return cmd
}
