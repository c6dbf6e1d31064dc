package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print gatecard's version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.output == "json" {
				return a.json(map[string]string{"version": tool()})
			}
			_, err := fmt.Fprintln(a.stdout, tool())
			return err
		},
	}
}

// tool is gatecard's version and build, as evidence names it.
func tool() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "gatecard"
	}
	version, revision, modified := info.Main.Version, "", ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			revision = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				modified = "+changes"
			}
		}
	}
	if version == "" || version == "(devel)" {
		version = "devel"
	}
	if len(revision) >= 12 && !strings.Contains(version, revision[:12]) {
		version += " " + revision[:12] + modified
	}
	return "gatecard " + version
}
