package sqlstore

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/registry"
	"github.com/gatecard/gatecard/registry/registrytest"
)

// TestMovedBehindTheLog moves pointers as whoever may write to the file can: each is found.
func TestMovedBehindTheLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "registry.db")
	s := opened(t, path)
	w, err := registrytest.NewWorld(t.Context(), stored(s), "m")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		v, err := w.Register(t.Context(), fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Attest(t.Context(), v); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			for _, target := range []evidence.Target{registry.Production, registry.ChampionAlias, "@canary"} {
				if d, err := w.Promote(t.Context(), v, target); err != nil || !d.Allowed() {
					t.Fatal(d, err)
				}
			}
		}
	}
	db := raw(t, path, "_pragma=busy_timeout(10000)&_txlock=immediate")
	for change, want := range map[string]evidence.Target{
		"UPDATE alias SET number = 2 WHERE name = 'champion'":    registry.ChampionAlias,
		"UPDATE alias SET number = 2 WHERE name = 'canary'":      "@canary",
		"DELETE FROM alias WHERE name = 'canary'":                "@canary",
		"INSERT INTO alias VALUES ('m', 'shadow', 3)":            "@shadow",
		"UPDATE stage SET number = 3 WHERE stage = 'Production'": registry.Production,
		"DELETE FROM stage WHERE stage = 'Production'":           registry.Production,
		"INSERT INTO stage VALUES ('m', 2, 'Staging')":           registry.Staging,
	} {
		if different, err := registry.Differences(t.Context(), stored(s), "m"); err != nil || len(different) > 0 {
			t.Fatalf("before: %v, %v", different, err)
		}
		run(t, db, "CREATE TEMP TABLE old_alias AS SELECT * FROM alias", "CREATE TEMP TABLE old_stage AS SELECT * FROM stage", change)
		different, err := registry.Differences(t.Context(), stored(s), "m")
		if err != nil || len(different) != 1 || different[0].Target != want {
			t.Errorf("%s: different are %v, %v", change, different, err)
		}
		run(t, db, "DELETE FROM alias", "DELETE FROM stage", "INSERT INTO alias SELECT * FROM old_alias", "INSERT INTO stage SELECT * FROM old_stage", "DROP TABLE old_alias", "DROP TABLE old_stage")
	}
}
