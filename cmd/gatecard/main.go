// Command gatecard parses flags, makes one call into package pipeline, prints what it returns, and turns it into an exit code.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/pipeline"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/render"
	"github.com/gatecard/gatecard/schema"
)

// Exit codes.
const (
	exitPassed      = 0
	exitRefused     = 1   // a gate or a verification refused
	exitUsage       = 2   // wrong usage or configuration
	exitData        = 3   // bad or unreadable data
	exitOutside     = 4   // a registry, network, disk or other outside failure
	exitBug         = 70  // a bug of ours
	exitInterrupted = 130 // Ctrl-C
)

// errRefused is an answer that was printed already: exit 1.
var errRefused = errors.New("refused")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // a second Ctrl-C ends at once
		<-ctx.Done()
		stop()
	}()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	os.Exit(code)
}

// run is the whole command; a panic is a bug of ours.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	a := &app{stdout: stdout, stderr: stderr, started: time.Now()}
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "gatecard: this is a bug of gatecard's, not of yours: %v\n\n%s\nPlease report it with the command that you ran and this text (version %s).\n", p, debug.Stack(), tool())
			code = exitBug
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if a.job != nil {
		err = errors.Join(err, a.job.Close())
	}
	code = exitCode(ctx, err)
	if err != nil && !errors.Is(err, errRefused) {
		a.tell(err, code)
	}
	return code
}

// exitCode says what an error means to a caller.
func exitCode(ctx context.Context, err error) int {
	var problems schema.Problems
	var usage *pipeline.UsageError
	var data *table.Error
	var refusal evidence.Refusal
	var record *evidence.LogError
	switch {
	case err == nil:
		return exitPassed
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, errRefused), errors.As(err, &refusal), errors.As(err, &record), errors.Is(err, registry.ErrUntrusted), errors.Is(err, registry.ErrDamaged):
		return exitRefused
	case errors.As(err, &problems), errors.As(err, &usage), errors.Is(err, registry.ErrNotFound), errors.Is(err, errFlags), errors.Is(err, gates.ErrOtherTerms):
		return exitUsage
	case errors.As(err, &data):
		return exitData
	case strings.HasPrefix(err.Error(), "unknown command"):
		return exitUsage
	}
	return exitOutside
}

// errFlags marks wrong flags and arguments.
var errFlags = errors.New("wrong usage")

// tell prints an error as a person reads it: problems by place, with what to do next.
func (a *app) tell(err error, code int) {
	var problems schema.Problems
	var usage *pipeline.UsageError
	var data *table.Error
	switch {
	case code == exitInterrupted:
		fmt.Fprintln(a.stderr, "gatecard: interrupted; nothing is half-written")
	case errors.As(err, &problems):
		if e := render.Problems(a.stderr, problems, a.options(a.stderr)); e != nil {
			fmt.Fprintln(a.stderr, err)
		}
	case errors.As(err, &usage):
		fmt.Fprintf(a.stderr, "gatecard: %s: %s\n", usage.Code, err)
	case errors.As(err, &data) && data.Code != "":
		fmt.Fprintf(a.stderr, "gatecard: %s: %s\n", data.Code, err)
	case errors.Is(err, registry.ErrNotFound):
		fmt.Fprintf(a.stderr, "gatecard: not-found: %s\n", err)
	default:
		fmt.Fprintf(a.stderr, "gatecard: %s\n", strings.ReplaceAll(err.Error(), errFlags.Error()+": ", ""))
	}
}

// app is one call of the command.
type app struct {
	stdout, stderr io.Writer
	started        time.Time
	job            *pipeline.Job

	config, registry, key, keyTrust, output, out string
	noRegistry, newRegistry                      bool
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "gatecard",
		Short: "Model cards whose every number is computed, judged and signed; and promotions that a failed gate refuses",
		Long: `gatecard reads a model's evaluation outputs, computes every metric overall and per group with its uncertainty,
judges them by a written policy, fills the model card, signs what it found, and refuses the promotion when a gate fails.

Exit codes: 0 passed; 1 a gate or verification refused; 2 wrong usage or configuration; 3 bad or unreadable data;
4 a registry, network or other outside failure; 70 a bug of gatecard's; 130 Ctrl-C.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", errFlags, err) })
	flags := root.PersistentFlags()
	flags.StringVarP(&a.config, "config", "c", pipeline.DefaultConfig, "the `FILE` that says what is evaluated and asked")
	flags.StringVar(&a.registry, "registry", "", "`ADDRESS` of the registry (default: the configuration's, else "+pipeline.DefaultRegistry+")")
	flags.BoolVar(&a.noRegistry, "no-registry", false, "judge without a registry: nothing is known before, nothing is kept")
	flags.BoolVar(&a.newRegistry, "new-registry", false, "make a registry that does not exist yet also where CI is set")
	flags.StringVar(&a.key, "key", "", "`FILE` of the private key to sign with (default: GATECARD_KEY, else a local key)")
	flags.StringVar(&a.keyTrust, "trust", "", "`FILE` of public keys whose signatures count; narrows the ledger's")
	flags.StringVar(&a.output, "output", "text", "`FORM` of what is printed: text or json")
	root.AddCommand(
		a.initCommand(), a.runCommand(), a.evaluateCommand(), a.gateCommand(), a.renderCommand(),
		a.registerCommand(), a.promoteCommand(), a.rollbackCommand(), a.recheckCommand(), a.exportCommand(),
		a.policyCommand(), a.keysCommand(), a.registryCommand(), a.verifyCommand(), a.auditCommand(),
		a.explainCommand(), a.schemaCommand(), a.versionCommand(),
	)
	for _, c := range root.Commands() {
		wrapArgs(c)
	}
	return root
}

// wrapArgs makes wrong arguments wrong usage.
func wrapArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return fmt.Errorf("%w: %s: %w (usage: %s)", errFlags, cmd.Name(), err, cmd.UseLine())
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
	if errors.Is(err, fs.ErrNotExist) {
		return c, &pipeline.UsageError{Code: "no-config", What: fmt.Sprintf("there is no %s: `gatecard init predictions.parquet` writes one", a.config)}
	}
	return c, err
}

// newJob is the call's job. The registry is that of the flag, else of the configuration, else the default.
func (a *app) newJob(c *pipeline.Config) (*pipeline.Job, error) {
	if a.output != "text" && a.output != "json" {
		return nil, fmt.Errorf("%w: --output is text or json, not %q", errFlags, a.output)
	}
	if a.noRegistry && a.registry != "" {
		return nil, fmt.Errorf("%w: --no-registry and --registry exclude each other", errFlags)
	}
	ci := os.Getenv("CI") != ""
	configDir, err := os.UserConfigDir()
	if err != nil && a.key == "" && os.Getenv("GATECARD_KEY") == "" {
		configDir = ""
	}
	address := a.registry
	switch {
	case a.noRegistry:
		address = ""
	case address != "":
	case c != nil:
		address = c.Address()
	default:
		address = pipeline.DefaultRegistry
		found, err := pipeline.Load(a.config)
		switch {
		case err == nil:
			address = found.Address()
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	a.job = &pipeline.Job{
		Registry: address, MakeNew: a.newRegistry || !ci, Out: a.out, Tool: tool(), Now: time.Now,
		Key: pipeline.KeyFrom(a.key, os.Getenv("GATECARD_KEY"), configDir, ci),
	}
	if a.keyTrust != "" {
		if a.job.Trust, err = pipeline.ReadTrust(a.keyTrust); err != nil {
			return nil, err
		}
	}
	return a.job, nil
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

// options are those of a terminal page for w.
func (a *app) options(w io.Writer) render.Options {
	o := render.Options{Width: 80}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
			o.Width = terminalWidth(f)
		}
	}
	return o
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
