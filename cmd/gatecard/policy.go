package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) policyCommand() *cobra.Command {
	policy := group(&cobra.Command{Use: "policy", Short: "Set or show the policy in force"})
	policy.AddCommand(
		&cobra.Command{
			Use:   "set",
			Short: "Enter the configuration's policy as the one in force: an audited act",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				c, err := a.load()
				if err != nil {
					return err
				}
				job, err := a.newJob(&c)
				if err != nil {
					return err
				}
				ref, err := pipeline.SetPolicy(cmd.Context(), c, job)
				if err != nil {
					return err
				}
				a.notes()
				if a.output == "json" {
					return a.json(ref)
				}
				fmt.Fprintf(a.stdout, "policy %s of %s is in force (record %d)\n", ref.Digest, c.Model, ref.Record)
				return nil
			},
		},
		&cobra.Command{
			Use:   "show [NAME]",
			Short: "Show the policy in force",
			Args:  cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				model := ""
				var job *pipeline.Job
				var err error
				if len(args) == 1 {
					model = args[0]
					job, err = a.newJob(nil)
				} else {
					var c pipeline.Config
					if c, err = a.load(); err == nil {
						model = c.Model
						job, err = a.newJob(&c)
					}
				}
				if err != nil {
					return err
				}
				ref, canonical, err := pipeline.ShowPolicy(cmd.Context(), job, model)
				if err != nil {
					return err
				}
				if a.output == "text" {
					fmt.Fprintf(a.stderr, "policy %s, record %d\n", ref.Digest, ref.Record)
				}
				_, err = fmt.Fprintf(a.stdout, "%s\n", canonical)
				return err
			},
		},
	)
	return policy
}
