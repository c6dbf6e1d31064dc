package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain CODE",
		Short: "What a code, a metric, a disparity or a kind of gate means, and what to do (codes, metrics, disparities and gates list them)",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := pipeline.Explain(args[0])
			if err != nil {
				return err
			}
			if a.output == "json" {
				return a.json(map[string]string{"code": args[0], "text": text})
			}
			fmt.Fprintln(a.stdout, text)
			return nil
		},
	}
}
