package sqlstore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
	"github.com/gatecard/gatecard/registry/sqlstore"
)

// A version is registered, and is refused in Production as long as there is no evidence.
func Example() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	ctx := context.Background()
	s, err := sqlstore.Open(ctx, filepath.Join(folder, "registry.db"), registry.Options{Signer: registrytest.Key(), Now: time.Now})
	if err != nil {
		panic(err)
	}
	store := &registry.Store{Registry: s, Ledger: s, Close: s.Close}
	defer func() { _ = store.Close() }()

	me := evidence.Actor{Name: "ana"}
	policy, err := store.SetPolicy(ctx, "ma-employment", []byte(`{"gates":[]}`), me)
	if err != nil {
		panic(err)
	}
	v, _, err := store.Create(ctx, "ma-employment", []registry.Blob{registrytest.Blob("model.onnx", "weights")}, evidence.Lineage{}, me)
	if err != nil {
		panic(err)
	}
	d, err := registry.Promote(ctx, store, registry.Request{
		Version:  v,
		Requires: evidence.Requirements{Protection: evidence.Protection{Requires: []string{"gates"}}, Target: registry.Production, Policy: policy.Digest},
		By:       me,
	}, time.Now)
	if err != nil {
		panic(err)
	}
	fmt.Println(v, d.Allowed(), d.Unmet[0].Reason)
	// Output: ma-employment/1 false no-evidence
}
