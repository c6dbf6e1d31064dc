package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
)

func (a *app) renderCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "render [FOLDER]",
		Short: "Make a page of what a run wrote: " + strings.Join(pipeline.PageNames(), ", "),
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			folder := pipeline.DefaultOut
			if len(args) == 1 {
				folder = args[0]
			}
			page, err := pipeline.Render(folder, format)
			if err != nil {
				return err
			}
			_, err = a.stdout.Write(page)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "html", "`NAME` of the page: "+strings.Join(pipeline.PageNames(), ", "))
	return cmd
}
