package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) exportCommand() *cobra.Command {
	var framework, format, out string
	cmd := &cobra.Command{
		Use:     "export NAME/N --framework NAME",
		Short:   "Say what a framework asks for and what there is to show, and write the dossier",
		Example: "  gatecard export ma-employment/2 --framework eu-ai-act",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains([]string{"text", "markdown", "json"}, format) {
				return misuse("--format is text, markdown or json, not %q", format)
			}
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			matrix, dossier, err := pipeline.Export(cmd.Context(), job, args[0], framework)
			if err != nil {
				return err
			}
			file, err := pipeline.WriteExport(cmd.Context(), out, matrix, dossier)
			if err != nil {
				return err
			}
			switch {
			case a.output == "json" || format == "json":
				return matrix.WriteJSON(a.stdout)
			case format == "markdown":
				return matrix.WriteMarkdown(a.stdout)
			}
			if err := matrix.WriteText(a.stdout); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "\nThe dossier: %s    Check it: gatecard verify %s\n", file, file)
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", pipeline.DefaultOut, "`FOLDER` to write into")
	cmd.Flags().StringVar(&framework, "framework", "eu-ai-act", "`NAME` of the framework: "+strings.Join(pipeline.FrameworkNames(), ", "))
	cmd.Flags().StringVar(&format, "format", "text", "`FORM` of the matrix: text, markdown, json")
	return cmd
}
