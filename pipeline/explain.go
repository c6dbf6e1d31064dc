package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatecard/gatecard/compliance"
	"github.com/gatecard/gatecard/evaluate"
	"github.com/gatecard/gatecard/evaluate/drift"
	"github.com/gatecard/gatecard/evaluate/reported"
	"github.com/gatecard/gatecard/evaluate/table"
	"github.com/gatecard/gatecard/evidence"
	"github.com/gatecard/gatecard/gates"
	"github.com/gatecard/gatecard/notify"
	"github.com/gatecard/gatecard/schema"
)

// Codes are this package's codes, with what `gatecard explain` says of each.
func Codes() map[string]string {
	return map[string]string{
		"usage":                "The command does not take these flags or arguments. `gatecard help COMMAND` shows what it takes.",
		"no-such-file":         "A file that is named is not there. Paths in a file are relative to that file, paths in flags to the working directory.",
		"no-config":            "There is no gatecard.yaml. `gatecard init predictions.parquet` looks at a file of predictions and writes one.",
		"no-version":           "Only a version of a registry can be promoted: evidence binds its very bytes. Make one by --register DIR, or name one by --version N.",
		"no-registry":          "The command needs a registry that exists. `gatecard run` and `gatecard register` make one (sqlite:registry.db) where there is none.",
		"new-registry":         "With CI set a registry that does not exist yet is not made unless --new-registry is given: a disk that is thrown away after the job would make every job version 1, under a policy of its own, and no champion would ever be compared with.",
		"unknown-registry":     "A registry is named by an address: sqlite:registry.db.",
		"no-key":               "Evidence is signed. In CI a key is brought along by --key FILE or in the variable GATECARD_KEY; elsewhere a local one is made on first use.",
		"bad-key":              "A key is ed25519: the private half in PEM as PKCS #8, the public half as SPKI. `gatecard keys new FILE` makes both.",
		"no-trust":             "Whose signature counts is never taken from the evidence itself: name public keys by --trust FILE.pub, or a registry whose ledger lists them.",
		"no-policy":            "No policy was ever set for this model. `gatecard policy set` sets that of gatecard.yaml; the first run of a model does so too.",
		"baseline-changed":     "Drift is measured against other rows than the policy names, so that it would mean something else. The policy holds the digest of the baseline's ids and labels. Put the baseline back, or put the new one in force: `gatecard policy set`, and evaluate again.",
		"file-or-column":       "What `data: {compare: …}` names is a file and a column of the data as well. Rename one of them, or write the file's path with ./ before it.",
		"moved-past-the-log":   "A target points elsewhere than the log's decisions left it: somebody moved it without gatecard, so that no evidence was asked for. Find out who; then promote or roll back by gatecard.",
		"bad-out":              "--out would write over an input or over a file that gatecard did not write. Name another folder.",
		"bad-target":           "A target is a stage (None, Staging, Production, Archived) or an alias with its @, as @champion.",
		"bad-model":            "A model's name is as in MLflow: letters that can be seen, \"/\" only between parts (org/name), no \"@\", which stands before an alias.",
		"bad-version":          "A version is named as in MLflow: NAME/2, NAME/latest, NAME@champion, with or without models:/ before it.",
		"unknown-gate-id":      "No gate of the report has that id. `gatecard gate` lists them.",
		"not-found":            "The registry has no such model or version.",
		"exists":               "The file is there already, and is not written over.",
		"bad-folder":           "What a run writes, and the key that it signs with, must not lie in the folder that --register keeps: each run would find other files there than the one before, and a private key would be kept with the model. Put the artifacts into a folder of their own.",
		"bad-artifacts":        "The folder of artifacts cannot be a version: it holds no file, a link or another thing that is no file, an empty folder, or names that are one name elsewhere. Put regular files with plain names there.",
		"no-guess":             "No column of the file looks like a label of two values with a score or a prediction beside it, so that there is nothing to begin with. Write gatecard.yaml by hand: `gatecard schema gatecard` shows its keys.",
		"unreadable":           "The file is there, but the system would not read it, or it is not as gatecard writes it.",
		"other-terms":          "The evaluation was made with other columns, values, threshold or groups than this policy asks for, so that its figures mean something else. Run `gatecard evaluate` again with this gatecard.yaml.",
		"stored-bytes-damaged": "Bytes of the registry's store are not those that were stored: a disk failed, or somebody changed them. Nothing of them is used. Register the files again as a new version, or put the store back from a backup.",
		"overtaken":            "Somebody else moved the target, set the policy or took over while this call was at work, and nothing was moved by it. Look at `gatecard registry history`, and run the command again if it is still wanted.",
		"disk-full":            "The disk has no room left. What was begun was not half-written; make room and run the command again: what is there already is not made twice.",
		"no-permission":        "The system does not let this user write or read there: permissions, or a file system that is read-only. Name another place, or change them.",
		"outside-failure":      "Something outside of gatecard failed: a registry, a disk, a network. The message says what. Nothing is half-done: once the cause is gone, run the command again.",
		"unknown-framework":    "There is no framework of that name. `gatecard export --help` lists them.",
	}
}

// Explanations joins the codes of all packages.
func Explanations() map[string][]string {
	all := map[string][]string{}
	for _, codes := range []map[string]string{schema.Codes(), evidence.Codes(), table.Codes(), reported.Codes(), evaluate.Codes(), gates.Codes(), compliance.Codes(), notify.Codes(), Codes()} {
		for code, text := range codes {
			if !slices.Contains(all[code], text) {
				all[code] = append(all[code], text)
			}
		}
	}
	return all
}

// Explain says what a code, a metric, a disparity of groups, a distance or a kind of gate means. `codes`, `metrics`, `disparities` and `gates` list them.
func Explain(name string) (string, error) {
	all := Explanations()
	switch name {
	case "codes":
		return strings.Join(slices.Sorted(maps.Keys(all)), "\n"), nil
	case "metrics":
		var lines []string
		for _, m := range evaluate.Metrics() {
			lines = append(lines, fmt.Sprintf("%-22s %s", m.Name, m.Summary))
		}
		return strings.Join(lines, "\n"), nil
	case "disparities":
		var lines []string
		for _, k := range evaluate.Disparities() {
			lines = append(lines, fmt.Sprintf("%-30s %s", k.Name, k.Summary))
		}
		return strings.Join(lines, "\n"), nil
	case "gates":
		var lines []string
		for _, k := range gates.Kinds() {
			lines = append(lines, fmt.Sprintf("%-8s %s (%s)", k.Name, k.Summary, strings.Join(k.Keys, ", ")))
		}
		return strings.Join(lines, "\n"), nil
	}
	if texts, ok := all[name]; ok {
		return strings.Join(texts, "\n\n"), nil
	}
	if m, err := evaluate.Lookup(name); err == nil {
		text := fmt.Sprintf("%s (%s): %s. Its denominator: %s.", m.Key, m.Title(), m.Summary, m.Denominator)
		if m.Note != "" {
			text += " " + m.Note
		}
		if m.Chosen() && m.Under == nil {
			text += " Its cut is chosen on the rows that it is of, which its limits allow for."
		}
		if len(m.Aliases) > 0 {
			text += " Also called " + strings.Join(m.Aliases, ", ") + "."
		}
		if takes := m.Takes(); len(takes) > 0 {
			text += " Written also as " + strings.Join(takes, ", ") + "."
		}
		return text, nil
	}
	for _, k := range evaluate.Disparities() {
		if k.Name == name || slices.Contains(k.Aliases, name) {
			return disparity(k), nil
		}
	}
	for _, d := range drift.Distances() {
		if d.Name == name {
			return fmt.Sprintf("%s (%s): a distance for drift gates. %s", d.Name, d.Summary, d.Note), nil
		}
	}
	for _, k := range gates.Kinds() {
		if k.Name == name {
			return fmt.Sprintf("a gate of kind %s: %s. It has one of the keys %s; `gatecard schema gate-%s` shows them all.", k.Name, k.Summary, strings.Join(k.Keys, ", "), k.Name), nil
		}
	}
	known := slices.Sorted(maps.Keys(all))
	for _, m := range evaluate.Metrics() {
		known = append(known, m.Name)
	}
	for _, d := range drift.Distances() {
		known = append(known, d.Name)
	}
	for _, k := range evaluate.Disparities() {
		known = append(append(known, k.Name), k.Aliases...)
	}
	if s := schema.Suggest(name, known); s != "" {
		return "", usage("usage", "nothing is known of %q (did you mean %q?)", name, s)
	}
	return "", usage("usage", "nothing is known of %q: `gatecard explain codes`, `metrics`, `disparities` and `gates` list what can be explained", name)
}

// disparity says how far groups lie apart by one, and how a gate asks for it.
func disparity(k evaluate.DisparityKind) string {
	text := fmt.Sprintf("%s (%s): %s. In an evaluation for each dimension, of groups with at least %d rows of the denominator.", k.Name, k.Title, k.Summary, evaluate.MinSupport)
	if len(k.Aliases) > 0 {
		text += " Also called " + strings.Join(k.Aliases, ", ") + "."
	}
	written := k.Gates("…", "0.1")
	if len(written) == 1 {
		return text + " A gate on it: " + written[0] + "."
	}
	return text + " Gates on its parts: " + strings.Join(written, " and ") + "."
}
