package evidence_test

import (
	"crypto/ed25519"
	"fmt"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/gatecard/gatecard/evidence"
)

// A version is judged, the statement signed and logged, and the verifier asked whether it may go to Production: first as it was judged, then
// after somebody changed a byte of the model.
func Example() {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)) // in life, the user's own
	public := key.Public().(ed25519.PublicKey)
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	manifest, err := evidence.ReadManifest(fstest.MapFS{"model.onnx": {Data: []byte("weights")}})
	if err != nil {
		fmt.Println(err)
		return
	}
	version := evidence.Version{Registry: "reg-1", Model: "ma-employment", Number: "1", Created: monday, Manifest: manifest}
	policy := evidence.PolicyRef{Digest: evidence.DigestOf([]byte("recall is at least 0.5")), Record: 1}
	least, low, estimate, high := 0.5, 0.55, 0.6, 0.65
	envelope, err := evidence.Sign(evidence.Statement{
		Kind: evidence.Evidence, Verdict: evidence.Pass, Issued: monday.Add(time.Hour), Expires: monday.AddDate(0, 0, 90),
		Version: version, Standing: evidence.Standing{Policy: policy, ThresholdsFirst: true, Look: 1},
		Dataset:     evidence.DigestOf([]byte("ids and labels")),
		Inputs:      []evidence.Input{{File: evidence.File{Path: "rows.csv", SHA256: evidence.DigestOf([]byte("rows"))}, Role: "predictions", Rows: 5000}},
		Predictions: "supplied by " + evidence.KeyID(public),
		Results: []evidence.Result{{Gate: "recall", Verdict: evidence.Pass, Min: &least, Low: &low, Value: &estimate, High: &high,
			Claims: []evidence.Claim{{Value: &estimate, Low: &low, High: &high, Support: 2500}}}},
		Tool: "gatecard 0.1.0",
	}, key)
	if err != nil {
		fmt.Println(err)
		return
	}
	bundle, err := logIt(envelope, policy, monday, key)
	if err != nil {
		fmt.Println(err)
		return
	}

	requires := evidence.Requirements{Protection: evidence.Protection{Requires: []string{"gates"}}, Target: "Production", Policy: policy.Digest, Gates: []string{"recall"}}
	trust := evidence.Trust{{Public: public, Roles: []string{evidence.RoleEvidence}, From: monday}}
	live := evidence.State{Version: version, Policy: policy}
	tuesday := monday.AddDate(0, 0, 1)
	fmt.Println(evidence.Verify(bundle, requires, trust, live, tuesday).Allowed())

	live.Version.Manifest, err = evidence.ReadManifest(fstest.MapFS{"model.onnx": {Data: []byte("Weights")}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(evidence.Verify(bundle, requires, trust, live, tuesday).Unmet)
	// Output:
	// true
	// [bytes-changed: "model.onnx" is 147e…30, judged was 9a12…2c]
}

// logIt is what a ledger does with the policy and then the evidence. A log of two records needs the hash of the first to prove the second.
func logIt(e evidence.Envelope, policy evidence.PolicyRef, at time.Time, key ed25519.PrivateKey) (evidence.Bundle, error) {
	var log memory
	for i, r := range []evidence.Record{{Act: evidence.PolicySet, Digest: policy.Digest}, {Act: evidence.Attested, Digest: e.Digest()}} {
		r.Number, r.At = int64(i)+1, at
		leaf, err := evidence.LeafBytes(r)
		if err != nil {
			return evidence.Bundle{}, err
		}
		hashes, err := evidence.AppendHashes(r.Number, leaf, log)
		if err != nil {
			return evidence.Bundle{}, err
		}
		log.hashes, log.leaf = append(log.hashes, hashes...), leaf
	}
	root, err := evidence.TreeRoot(2, log)
	if err != nil {
		return evidence.Bundle{}, err
	}
	checkpoint, err := evidence.SignCheckpoint(evidence.Checkpoint{Origin: evidence.Origin("ledger-1"), Size: 2, Root: root}, key)
	if err != nil {
		return evidence.Bundle{}, err
	}
	proof, err := evidence.Prove(2, 2, log.leaf, checkpoint, log)
	return evidence.Bundle{Envelope: e, Log: proof}, err
}

type memory struct {
	hashes []tlog.Hash
	leaf   []byte // of the last record
}

func (m memory) ReadHashes(places []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(places))
	for i, place := range places {
		read[i] = m.hashes[place]
	}
	return read, nil
}
