//go:build !unix

package sweep

import "os"

// temporary makes a file that discard removes.
func temporary(folder string) (*os.File, error) { return os.CreateTemp(folder, "gatecard-rows-") }

func discard(f *os.File) {
	_ = f.Close()
	_ = os.Remove(f.Name())
}
