package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/schema"
)

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [NAME]",
		Short: "Print a published JSON Schema; without a name, list them",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				fmt.Fprintln(a.stdout, strings.Join(schema.Names(), "\n"))
				return nil
			}
			b, err := schema.Source(args[0])
			if err != nil {
				known := schema.Names()
				what := fmt.Sprintf("there is no schema %q: they are %s", args[0], strings.Join(known, ", "))
				if s := schema.Suggest(args[0], known); s != "" {
					what = fmt.Sprintf("there is no schema %q (did you mean %q?)", args[0], s)
				}
				return &pipeline.UsageError{Code: "usage", What: what}
			}
			_, err = fmt.Fprintf(a.stdout, "%s\n", strings.TrimRight(string(b), "\n"))
			return err
		},
	}
}
