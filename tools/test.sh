#!/usr/bin/env bash
# Everything that CI runs, one step after another; `make test` calls it. A step that fails does not stop the others. What this machine
# has no means for is skipped by name; with CI set it fails instead. The last line counts steps and tests together.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT

say() { printf '\n== %s\n' "$*"; }

# step NAME COMMAND…
step() {
	local name=$1
	shift
	say "$name"
	if "$@"; then
		passed=$((passed + 1))
	else
		echo "FAILED: $name"
		failed=$((failed + 1))
	fi
}

# lacks NAME WHY: a step that cannot be run here.
lacks() {
	say "$1"
	if [ -n "${CI:-}" ]; then
		echo "FAILED: $1: $2"
		failed=$((failed + 1))
	else
		echo "skipped: $1: $2"
		skipped=$((skipped + 1))
	fi
}

formatted() {
	local files
	files=$(gofmt -s -l .) || return 1
	[ -z "$files" ] || { echo "not in gofmt's form (run gofmt -s -w on them):" "$files"; return 1; }
}

tests() {
	bin/testcount ${CI:+-skips=fail} -counts "$counts" -- ${CI:+-count=1} -buildvcs=auto -timeout=40m ./...
}

# A hang ends after 40 minutes, with the stacks of what hangs; no test has a time limit of its own.
# Under the race detector the slow ones are left out: they ran above, so that their skips are no gap.
race() {
	bin/testcount -skips=ignore -counts "$counts" -- ${CI:+-count=1} -buildvcs=auto -timeout=40m -race -short ./...
}

compiler() { command -v "$(go env CC | cut -d' ' -f1)" >/dev/null; }

# aequitas makes its environment, once.
aequitas() {
	[ .venv-aequitas/made -nt fixtures/aequitas.txt ] && return 0
	rm -rf .venv-aequitas &&
		"$GATECARD_PYTHON" -m venv .venv-aequitas &&
		.venv-aequitas/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r fixtures/aequitas.txt &&
		touch .venv-aequitas/made
}

oracle() {
	local script python seen=0
	for figures in fixtures/oracle/*.json; do
		script=${figures%.json}.py
		[ -f "$script" ] || { echo "$figures: no script made it"; return 1; }
		echo "$script --verify"
		python=$GATECARD_PYTHON
		case $script in
		*/aequitas_*) aequitas && python=.venv-aequitas/bin/python || return 1 ;; # which wants an older pandas than the others
		esac
		"$python" "$script" --verify || return 1
		seen=$((seen + 1))
	done
	[ "$seen" -gt 0 ] || { echo "no figures in fixtures/oracle"; return 1; }
}

step "gofmt" formatted
step "go vet" go vet -buildvcs=auto ./...
step "go.mod" go mod tidy -diff
step "lint" go tool -modfile=tools/go.mod golangci-lint run ./...
step "the tools' own tests" go -C tools test ./...
step "tests: unit, command line, oracles, generated files, pages in a browser" tests
if compiler; then
	step "tests again, with the race detector" race
else
	lacks "tests again, with the race detector" "there is no C compiler"
fi
if [ -n "${GATECARD_PYTHON:-}" ]; then
	step "oracle figures, computed again by their libraries" oracle
else
	lacks "oracle figures, computed again by their libraries" "there is no Python 3.11 or newer with venv"
fi

while read -r p f s; do
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done <"$counts"
echo
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
