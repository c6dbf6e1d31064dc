package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
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

func (a *app) exportCommand() *cobra.Command {
	var framework, format string
	cmd := &cobra.Command{
		Use:     "export NAME/N --framework NAME",
		Short:   "Say what a framework asks for and what there is to show, and write the dossier",
		Example: "  gatecard export ma-employment/2 --framework eu-ai-act",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			matrix, dossier, err := pipeline.Export(cmd.Context(), job, args[0], framework)
			if err != nil {
				return err
			}
			file, err := pipeline.WriteExport(cmd.Context(), a.out, matrix, dossier)
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
	cmd.Flags().StringVar(&a.out, "out", pipeline.DefaultOut, "`FOLDER` to write into")
	cmd.Flags().StringVar(&framework, "framework", "eu-ai-act", "`NAME` of the framework: "+strings.Join(pipeline.FrameworkNames(), ", "))
	cmd.Flags().StringVar(&format, "format", "text", "`FORM` of the matrix: text, markdown, json")
	return cmd
}

func (a *app) policyCommand() *cobra.Command {
	policy := &cobra.Command{Use: "policy", Short: "Set or show the policy in force", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
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
				if a.output == "json" {
					return a.json(ref)
				}
				a.notes()
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

func (a *app) keysCommand() *cobra.Command {
	keys := &cobra.Command{Use: "keys", Short: "Make and list signing keys", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	keys.AddCommand(
		&cobra.Command{
			Use:   "new FILE",
			Short: "Make an ed25519 key: FILE, and FILE.pub for those who verify",
			Args:  cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error {
				key, err := pipeline.NewKey(args[0])
				if errors.Is(err, os.ErrExist) {
					return &pipeline.UsageError{Code: "exists", What: args[0] + " is there already, and is not written over"}
				}
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(key.Owner)
				}
				fmt.Fprintf(a.stdout, "%s\nprivate: %s (keep it)\npublic:  %s.pub\n", key.Owner.Subject, args[0], args[0])
				return nil
			},
		},
		&cobra.Command{
			Use:   "list",
			Short: "List the keys that the ledger trusts",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				keys, err := pipeline.Keys(cmd.Context(), job)
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(keys)
				}
				for _, k := range keys {
					state := "since " + k.From.Format("2006-01-02 15:04")
					if k.Revoked {
						state += ", revoked"
					}
					fmt.Fprintf(a.stdout, "%s  %s  %s  %s\n", k.ID, strings.Join(k.Roles, ","), k.Owner.Name, state)
				}
				return nil
			},
		},
	)
	return keys
}

func (a *app) registryCommand() *cobra.Command {
	reg := &cobra.Command{Use: "registry", Short: "What is where, who decided it, and why", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	reg.AddCommand(
		a.listCommand(),
		&cobra.Command{
			Use:   "show NAME/N",
			Short: "Show one version: files, lineage, targets, evidence",
			Args:  cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				l, err := pipeline.Show(cmd.Context(), job, args[0])
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(l)
				}
				for _, line := range pipeline.Lines(l) {
					fmt.Fprintln(a.stdout, line)
				}
				return nil
			},
		},
		&cobra.Command{
			Use:   "history [NAME]",
			Short: "Who decided what, and when, from the audit log",
			Args:  cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				records, err := pipeline.History(cmd.Context(), job, strings.Join(args, ""))
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(records)
				}
				if err := render.History(a.stdout, records, a.options(a.stdout)); err != nil {
					return err
				}
				return a.audited(cmd)
			},
		},
	)
	return reg
}

func (a *app) listCommand() *cobra.Command {
	var metrics []string
	cmd := &cobra.Command{
		Use:   "list [NAME]",
		Short: "List versions, what points at them, and figures of them",
		Example: `  gatecard registry list
  gatecard registry list ma-employment --metric roc_auc --metric "recall for people with a disability"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			all, err := pipeline.List(cmd.Context(), job, strings.Join(args, ""), metrics...)
			if err != nil {
				return err
			}
			if a.output == "json" {
				return a.json(all)
			}
			for _, line := range pipeline.Table(all, metrics) {
				fmt.Fprintln(a.stdout, line)
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&metrics, "metric", nil, "show a `FIGURE` of each version: \"roc_auc\", or \"recall for men\" (again for more)")
	return cmd
}

// audited checks the log and says so.
func (a *app) audited(cmd *cobra.Command) error {
	audited, err := pipeline.Audit(cmd.Context(), a.job)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "  log: %d records, checked, root %s\n", audited.Records, audited.Root)
	return nil
}

func (a *app) auditCommand() *cobra.Command {
	audit := &cobra.Command{Use: "audit", Short: "Check and read the audit log", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	audit.AddCommand(
		&cobra.Command{
			Use:   "verify",
			Short: "Recompute the log, and name the first bad record",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				audited, err := pipeline.Audit(cmd.Context(), job)
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(audited)
				}
				fmt.Fprintf(a.stdout, "The audit log holds: %d records, root %s\n", audited.Records, audited.Root)
				return nil
			},
		},
		&cobra.Command{
			Use:   "log [NAME]",
			Short: "Print every record as JSON, one a line",
			Args:  cobra.MaximumNArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				job, err := a.newJob(nil)
				if err != nil {
					return err
				}
				records, err := pipeline.History(cmd.Context(), job, strings.Join(args, ""))
				if err != nil {
					return err
				}
				for _, r := range records {
					if err := a.json(r); err != nil {
						return err
					}
				}
				return nil
			},
		},
	)
	return audit
}

func (a *app) verifyCommand() *cobra.Command {
	var artifacts string
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check evidence (evidence.dsse.json) or a dossier (.zip), offline",
		Example: `  gatecard verify gatecard-out/evidence.dsse.json --trust local.key.pub
  gatecard verify gatecard-out/evidence.dsse.json --artifacts model/`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := a.newJob(nil)
			if err != nil {
				return err
			}
			verified, err := pipeline.VerifyFile(cmd.Context(), args[0], artifacts, job)
			if err != nil {
				return err
			}
			if a.output == "json" {
				err = a.json(verified)
			} else {
				for _, line := range verified.Lines() {
					fmt.Fprintln(a.stdout, line)
				}
			}
			if err == nil && !verified.OK() {
				err = errRefused
			}
			return err
		},
	}
	cmd.Flags().StringVar(&artifacts, "artifacts", "", "also check that `DIR` holds the very files that were tested")
	return cmd
}

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain CODE",
		Short: "What a code, a metric or a kind of gate means, and what to do (codes, metrics and gates list them)",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := pipeline.Explain(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, text)
			return nil
		},
	}
}

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

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print gatecard's version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.stdout, tool())
			return err
		},
	}
}

// terminalWidth is what COLUMNS says, else 80.
func terminalWidth(*os.File) int {
	var width int
	if _, err := fmt.Sscan(os.Getenv("COLUMNS"), &width); err == nil && width >= 40 {
		return width
	}
	return 80
}
