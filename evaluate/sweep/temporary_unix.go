//go:build unix

package sweep

import "os"

// temporary makes a file without a name: however the process ends, it is gone.
func temporary(folder string) (*os.File, error) {
	f, err := os.CreateTemp(folder, "gatecard-rows-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, err
	}
	return f, nil
}

func discard(f *os.File) { _ = f.Close() }
