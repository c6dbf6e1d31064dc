package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "init FILE",
		Short:   "Look at a file of predictions, and write gatecard.yaml and card.yaml beside it",
		Example: "  gatecard init predictions.parquet",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			written, guess, err := pipeline.Init(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.output == "json" {
				return a.json(map[string]any{"written": written, "guessed": guess.Said})
			}
			for _, s := range guess.Said {
				fmt.Fprintf(a.stdout, "  guessed %s\n", s)
			}
			for _, w := range written {
				fmt.Fprintf(a.stdout, "wrote %s\n", w)
			}
			fmt.Fprintf(a.stdout, "Check the guesses, then: gatecard run --no-registry -c %s\n", written[0])
			return nil
		},
	}
}
