package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
)

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
			if job.Lineage, err = pipeline.Lineage(cmd.Context(), origins, nil, os.Getenv, "."); err != nil {
				return err
			}
			v, made, err := pipeline.Register(cmd.Context(), args[0], args[1], job)
			if err != nil {
				return err
			}
			a.notes()
			if a.output == "json" {
				return a.json(v)
			}
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
