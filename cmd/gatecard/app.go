package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
)

// app is one call of the command.
type app struct {
	stdout, stderr io.Writer
	now            func() time.Time
	started        time.Time
	began          bool // flags and arguments are right, and the command runs
	job            *pipeline.Job

	config, registry, key, keyTrust, output string
	configNamed                             bool // by -c
	noRegistry, newRegistry                 bool
	memory                                  string
	workers                                 int
	progress                                *progress
}

func (a *app) root() *cobra.Command {
	root := group(&cobra.Command{
		Use:   "gatecard",
		Short: "Model cards whose every number is computed, judged and signed; and promotions that a failed gate refuses",
		Long: `gatecard reads a model's evaluation outputs, computes every metric overall and per group with its uncertainty,
judges them by a written policy, fills the model card, signs what it found, and refuses the promotion when a gate fails.

Exit codes: 0 passed; 1 a gate or verification refused; 2 wrong usage or configuration; 3 bad or missing data;
4 a registry, network, disk or other outside failure; 70 a bug of gatecard's; 130 Ctrl-C.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			a.configNamed = cmd.Flags().Changed("config")
			if a.output != "text" && a.output != "json" {
				return misuse("--output is text or json, not %q", a.output)
			}
			if a.noRegistry && a.registry != "" {
				return misuse("--no-registry and --registry exclude each other")
			}
			a.began = true
			return nil
		},
	})
	root.SetFlagErrorFunc(unknownFlag)
	root.SetHelpCommand(helpCommand())
	root.CompletionOptions.DisableDefaultCmd = true
	flags := root.PersistentFlags()
	flags.StringVarP(&a.config, "config", "c", pipeline.DefaultConfig, "the `FILE` that says what is evaluated and asked")
	flags.StringVar(&a.registry, "registry", "", "`ADDRESS` of the registry (default: the configuration's, else "+pipeline.DefaultRegistry+")")
	flags.BoolVar(&a.noRegistry, "no-registry", false, "judge without a registry: nothing is known before, nothing is kept")
	flags.BoolVar(&a.newRegistry, "new-registry", false, "make a registry that does not exist yet also where CI is set")
	flags.StringVar(&a.key, "key", "", "`FILE` of the private key to sign with (default: the key that the variable GATECARD_KEY holds as PEM, else a local one)")
	flags.StringVar(&a.keyTrust, "trust", "", "`FILE` of public keys whose signatures count; narrows the ledger's")
	flags.StringVar(&a.memory, "memory", "", "`SIZE` of memory that reading rows may take, as 2GiB; what does not fit goes to temporary files (default 4GiB)")
	flags.IntVar(&a.workers, "workers", 0, "`NUMBER` of processors that read and count rows (default all)")
	flags.StringVar(&a.output, "output", "text", "`FORM` of what is printed: text or json")
	root.AddCommand(
		a.initCommand(), a.runCommand(), a.evaluateCommand(), a.gateCommand(), a.renderCommand(),
		a.registerCommand(), a.promoteCommand(), a.rollbackCommand(), a.recheckCommand(), a.exportCommand(),
		a.policyCommand(), a.keysCommand(), a.registryCommand(), a.verifyCommand(), a.auditCommand(),
		a.explainCommand(), a.schemaCommand(), a.completionCommand(), a.versionCommand(),
	)
	for _, c := range root.Commands() {
		wrapArgs(c)
	}
	return root
}

// wrapArgs tells beside wrong arguments what the command takes.
func wrapArgs(c *cobra.Command) {
	if check := c.Args; check != nil && !c.HasSubCommands() {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil && strings.HasPrefix(err.Error(), "unknown command") { // cobra's word for an argument where none is taken
				hint := ""
				if cmd.Flags().Lookup("data") != nil {
					hint = ": rows are named by --data"
				}
				return misuse("%s takes no argument, and %q is one%s (usage: %s)", cmd.CommandPath(), args[0], hint, cmd.UseLine())
			} else if err != nil {
				return misuse("%s: %s (usage: %s)", cmd.CommandPath(), err, cmd.UseLine())
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}

// load reads the configuration.
func (a *app) load() (pipeline.Config, error) {
	c, err := pipeline.Load(a.config)
	if err != nil {
		return c, err
	}
	c.SetInput(os.Stdin)
	if c.Data.Workers = a.workers; a.workers < 0 {
		return c, misuse("--workers is a number of processors, not %d", a.workers)
	}
	if a.memory != "" {
		if c.Data.Memory, err = parseSize(a.memory); err != nil {
			return c, err
		}
		debug.SetMemoryLimit(c.Data.Memory)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if a.progress = newProgress(a.stderr, a.now); a.progress != nil {
		c.Data.Progress = a.progress.tell
	}
	return c, nil
}

// gcPercent is how much memory may become garbage before it is collected, of that in use. Rows are few large pieces, which cost nothing to look through,
// so that less than Go's 100 saves memory and no time.
const gcPercent = 30

// newJob is the call's job. The registry is that of the flag, else of the configuration, else the default.
func (a *app) newJob(c *pipeline.Config) (*pipeline.Job, error) {
	address, err := a.address(c)
	if err != nil {
		return nil, err
	}
	configDir, err := os.UserConfigDir()
	if err != nil {
		configDir = "" // a key has to be named then
	}
	a.job = &pipeline.Job{
		Registry: address, MakeNew: a.newRegistry || !inCI(), Tool: tool(), Now: a.now,
		Key: pipeline.KeyFrom(a.key, os.Getenv("GATECARD_KEY"), configDir, inCI()), KeyFile: a.key,
	}
	if a.keyTrust != "" {
		if a.job.Trust, err = pipeline.ReadTrust(a.keyTrust); err != nil {
			return nil, err
		}
	}
	return a.job, nil
}

func (a *app) address(c *pipeline.Config) (string, error) {
	switch {
	case a.noRegistry:
		return "", nil
	case a.registry != "":
		return a.registry, nil
	case c != nil:
		return c.Address(), nil
	}
	if _, err := os.Stat(a.config); err != nil && !a.configNamed {
		return pipeline.DefaultRegistry, nil
	}
	found, err := a.load()
	return found.Address(), err
}

// inCI says whether a CI system runs this: CI is set, and not to "no".
func inCI() bool {
	return !slices.Contains([]string{"", "0", "false"}, strings.ToLower(os.Getenv("CI")))
}

// options are those of a terminal page for w.
func (a *app) options(w io.Writer) render.Options {
	o := render.Options{Width: 80}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
			o.Width = terminalWidth()
		}
	}
	return o
}

// terminalWidth is what COLUMNS says, else 80.
func terminalWidth() int {
	var width int
	if _, err := fmt.Sscan(os.Getenv("COLUMNS"), &width); err == nil && width >= 40 {
		return width
	}
	return 80
}

// json prints v as canonical JSON.
func (a *app) json(v any) error {
	b, err := schema.Encode(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", b)
	return err
}
