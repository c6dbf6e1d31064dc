// Command gatecard parses flags, makes one call into package pipeline, prints what it returns, and turns it into an exit code.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/gatecard/gatecard/pipeline"
)

// Exit codes.
const (
	exitPassed      = 0
	exitRefused     = 1   // a gate or a verification refused
	exitUsage       = 2   // wrong usage or configuration
	exitData        = 3   // bad or missing data
	exitOutside     = 4   // a registry, network, disk or other outside failure
	exitBug         = 70  // a bug of ours
	exitInterrupted = 130 // Ctrl-C
)

// errRefused is an answer that was printed already: exit 1.
var errRefused = errors.New("refused")

func main() { os.Exit(program(time.Now)) }

// program is the process: its arguments, its output, and Ctrl-C.
func program(now func() time.Time) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // a second Ctrl-C ends at once
		<-ctx.Done()
		stop()
	}()
	return runAt(ctx, now, os.Args[1:], os.Stdout, os.Stderr)
}

// run is the whole command.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return runAt(ctx, time.Now, args, stdout, stderr)
}

// runAt is run by a clock. A panic is a bug of ours.
func runAt(ctx context.Context, now func() time.Time, args []string, stdout, stderr io.Writer) (code int) {
	a := &app{stdout: stdout, stderr: stderr, now: now, started: now()}
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "gatecard: bug: this is a mistake of gatecard's, not of yours: %v\n\n%s\nPlease report it with the command that you ran and this text (%s).\n", p, debug.Stack(), tool())
			code = exitBug
		}
	}()
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	a.progress.close()
	if err != nil && !a.began { // cobra's own: flags, arguments, commands
		err = a.wrong(err)
	}
	if a.job != nil {
		err = errors.Join(err, a.job.Close())
	}
	code = exitCode(ctx, err)
	a.tell(err, code)
	return code
}

// exitCode says what an error means to a caller.
func exitCode(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return exitPassed
	case errors.Is(err, errRefused):
		return exitRefused
	case ctx.Err() != nil:
		return exitInterrupted
	}
	switch kind, _ := pipeline.Classify(err); kind {
	case pipeline.Refused:
		return exitRefused
	case pipeline.Usage:
		return exitUsage
	case pipeline.Data:
		return exitData
	}
	return exitOutside
}
