package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/cards"
	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
)

// tell prints an error as a person reads it: what is wrong, its code, and where there is more. What was made on the way, as a key, is told too.
func (a *app) tell(err error, code int) {
	if err == nil || errors.Is(err, errRefused) {
		return
	}
	a.notes()
	if code == exitInterrupted {
		fmt.Fprintln(a.stderr, "gatecard: interrupted: what was done is whole, and the command can be run again")
		return
	}
	var problems schema.Problems
	if errors.As(err, &problems) && len(problems) > 0 {
		if os.Getenv("GITHUB_ACTIONS") == "true" {
			if e := render.ProblemAnnotations(a.stderr, problems); e != nil {
				fmt.Fprintf(a.stderr, "gatecard: %s\n", e)
			}
		}
		if e := render.Problems(a.stderr, problems, a.options(a.stderr)); e == nil {
			return
		}
	}
	_, stable := pipeline.Classify(err)
	text := err.Error()
	if code == exitRefused {
		text = strings.Replace(text, stable+": ", "", 1) // a refusal names its code itself
	}
	fmt.Fprintf(a.stderr, "gatecard: %s: %s\n", stable, cards.Line(text))
	if stable != "usage" {
		fmt.Fprintf(a.stderr, "`gatecard explain %s` tells more.\n", stable)
	}
}

// notes prints what happened on the way: a new key, a new registry.
func (a *app) notes() {
	if a.job == nil {
		return
	}
	for _, n := range a.job.Notes() {
		fmt.Fprintf(a.stderr, "note: %s\n", cards.Line(n))
	}
}

// misuse is wrong use of flags and arguments.
func misuse(format string, args ...any) error {
	return &pipeline.UsageError{Code: "usage", What: fmt.Sprintf(format, args...)}
}

// wrong makes an error of cobra's wrong use. One of ours, from before the command began, stays.
func (a *app) wrong(err error) error {
	if kind, code := pipeline.Classify(err); kind == pipeline.Outside && code == "outside-failure" {
		return misuse("%s", err)
	}
	return err
}

// unknownFlag says which flag is near.
func unknownFlag(cmd *cobra.Command, err error) error {
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !ok {
		// of a flag's value pflag tells also which function of Go's could not read it
		if text, _, cut := strings.Cut(err.Error(), ": strconv."); cut {
			return misuse("%s (`%s --help` lists the flags)", text, cmd.CommandPath())
		}
		return misuse("%s (`%s --help` lists the flags)", err, cmd.CommandPath())
	}
	var known []string
	for _, line := range strings.Split(cmd.Flags().FlagUsages()+cmd.InheritedFlags().FlagUsages(), "\n") {
		if _, flag, ok := strings.Cut(line, "--"); ok && strings.TrimLeft(line, " ")[0] == '-' {
			known = append(known, strings.FieldsFunc(flag, func(r rune) bool { return r == ' ' || r == '=' })[0])
		}
	}
	name, _, _ = strings.Cut(name, "=")
	near := ""
	if s := schema.Suggest(name, known); s != "" {
		near = fmt.Sprintf(" (did you mean --%s?)", s)
	}
	return misuse("there is no flag --%s%s (`%s --help` lists the flags)", name, near, cmd.CommandPath())
}

// group makes a command that only holds others: by itself it shows its help, and of a word that is none of them it says which is near.
func group(c *cobra.Command) *cobra.Command {
	c.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var known []string
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				known = append(known, sub.Name())
			}
		}
		slices.Sort(known)
		if s := schema.Suggest(args[0], known); s != "" {
			return misuse("there is no command %q (did you mean %q?)", cmd.CommandPath()+" "+args[0], cmd.CommandPath()+" "+s)
		}
		return misuse("there is no command %q: they are %s", cmd.CommandPath()+" "+args[0], strings.Join(known, ", "))
	}
	c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return c
}

// helpCommand shows the help of a command, or says that there is none of that name.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = fmt.Errorf("there is no command %q", strings.Join(append([]string{found.CommandPath()}, rest...), " "))
				if found.HasSubCommands() && found.Args != nil {
					if e := found.Args(found, rest); e != nil {
						err = e
					}
				}
			}
			if err != nil {
				return misuse("%s", err)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}
