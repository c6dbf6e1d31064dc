package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestScikitLearnAgrees evaluates real rows by the command, and lets the real scikit-learn compute every figure of every group again, to 1e-12.
func TestScikitLearnAgrees(t *testing.T) {
	python := os.Getenv("GATECARD_PYTHON")
	if python == "" {
		t.Skip("GATECARD_PYTHON names no Python with scikit-learn")
	}
	folder := t.TempDir()
	config, err := os.ReadFile("../../fixtures/demo/gatecard.yaml")
	if err != nil {
		t.Fatal(err)
	}
	card, err := os.ReadFile("../../fixtures/demo/card.yaml")
	if err != nil {
		t.Fatal(err)
	}
	config = bytes.Replace(config, []byte("\ndata:"), []byte("\n  - sex * age\n  - sex * disability\nmetrics: [roc_auc, average_precision, log_loss, brier_score, accuracy, precision, recall, f1, false_positive_rate, false_negative_rate, true_negative_rate, selection_rate, prevalence, precision@0.9, recall@0.9]\ndata:"), 1)
	census, err := filepath.Abs("../../fixtures/census")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"gatecard.yaml": config, "card.yaml": card} {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range []string{"1", "2", "3"} {
		baseline, err := os.ReadFile(filepath.Join(census, "predictions-2015-v"+v+".parquet"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "predictions-2015.parquet"), baseline, 0o666); err != nil {
			t.Fatal(err)
		}
		data := filepath.Join(census, "predictions-2016-v"+v+".parquet")
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), []string{"evaluate", "--no-registry", "-c", filepath.Join(folder, "gatecard.yaml"), "--data", data, "--out", filepath.Join(folder, "out")}, &stdout, &stderr); code != exitPassed {
			t.Fatalf("exit %d: %s", code, &stderr)
		}
		out, err := exec.CommandContext(t.Context(), python, "../../fixtures/oracle/census.py", "--check", filepath.Join(folder, "out", "evaluation.json"),
			"--config", filepath.Join(folder, "gatecard.yaml"), "--data", data).CombinedOutput()
		if err != nil {
			t.Fatalf("version %s: %v\n%s", v, err, out)
		}
		if compared := regexp.MustCompile(`([1-9]\d{2,}) passed, 0 failed`).Find(out); compared == nil {
			t.Errorf("version %s: little was compared:\n%s", v, out)
		} else {
			t.Logf("version %s: %s", v, compared)
		}
	}
}
