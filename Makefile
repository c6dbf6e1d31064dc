# Everything here needs GNU make, bash and Go. What needs more (Python, a browser, a C compiler) says so where it is missing.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The commit is stamped where git can tell it, and nowhere else, whatever GOFLAGS says.
VCS := $(shell git rev-parse --verify -q HEAD >/dev/null 2>&1 && echo true || echo false)

# The real peers that tests and benchmarks compare with: scikit-learn, fairlearn, huggingface_hub, … Empty: no Python that can.
PYTHON := $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(p) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
VENV := $(if $(PYTHON),.venv/made)
PEERS := $(if $(PYTHON),GATECARD_PYTHON='$(CURDIR)/.venv/bin/python')

FUZZTIME ?= 20s
CHECKS ?= 20000

.PHONY: help build demo test quick bench lint generate fixtures oracle fuzz soak coverage python

help: ## print this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/gatecard
	@[ -e bin/gatecard ] || echo "compiling gatecard (first time takes about a minute) …"
	@go build -trimpath -buildvcs=$(VCS) -o bin/gatecard ./cmd/gatecard

demo: build ## see it at work: real census data, three model versions, one let into production
	@GATECARD='$(CURDIR)/bin/gatecard' PATH='$(CURDIR)/bin':"$$PATH" bash fixtures/demo/demo.sh

test: $(VENV) bin/testcount ## everything that CI runs
	@$(PEERS) bash tools/test.sh

quick: ## the inner loop: Go's tests without the slow ones, without peers
	@go test -buildvcs=auto -short ./...

bench: build .venv-bench/made ## measure against Polars, DuckDB, scikit-learn, … (ROWS=28400000; RUNS=3; ONLY=main,slow,sizes,groups,cross,text; HUGE=1: ten times the rows)
	@go build -trimpath -buildvcs=false -o bin/bench/decode ./fixtures/bench/decode
	@.venv-bench/bin/python fixtures/bench/bench.py --gatecard bin/gatecard --decode bin/bench/decode $(if $(ROWS),--rows $(ROWS)) \
	  $(if $(RUNS),--runs $(RUNS)) $(if $(ONLY),--only $(ONLY)) $(if $(HUGE),--huge)

lint: ## gofmt, go vet and golangci-lint
	@files=$$(gofmt -s -l .); [ -z "$$files" ] || { echo "not in gofmt's form:" $$files; exit 1; }
	@go vet -buildvcs=auto ./...
	@[ -e bin/.linted ] || echo "compiling golangci-lint (first time takes about three minutes) …"
	@go tool -modfile=tools/go.mod golangci-lint run ./...
	@mkdir -p bin && touch bin/.linted

generate: ## write the generated files again (schemas, pages of the documentation)
	@go generate ./...

fixtures: python ## make again what can be made from what is here, and say how the others are made
	$(PYTHON) fixtures/compas/build.py
	@echo "fixtures/census: see fixtures/census/ORIGIN.md; its build.py needs the data's own package"

oracle: python $(VENV) ## compute the oracle figures again, in Python, and write them
	@for f in fixtures/oracle/*.json; do echo "$${f%.json}.py"; .venv/bin/python "$${f%.json}.py"; done

fuzz: ## fuzz every reader and parser, one after another (FUZZTIME=20s)
	@found=0; for d in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n1 dirname | sort -u); do \
	  for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$$d"/*_test.go | cut -d' ' -f2); do \
	    echo "$$d $$f"; found=1; go test -buildvcs=auto -run='^$$' -fuzz="^$$f\$$" -fuzztime=$(FUZZTIME) "$$d"; \
	  done; \
	done; [ $$found = 1 ] || { echo "fuzz: there is nothing to fuzz"; exit 1; }

coverage: ## how often each limit misses, over the large grid, into docs/statistics.md (an hour)
	@COVERAGE=1 go test -buildvcs=auto -count=1 -timeout=0 -tags soak -run '^(TestCoverage|TestSimulate|TestStudies)' ./evaluate/stats

soak: ## hours of it: the large grids, many kills, and the laws on CHECKS=20000 random cases
	@go test -buildvcs=auto -count=1 -timeout=0 -tags soak ./...
	@dirs=$$(grep -rl --include='*_test.go' 'pgregory.net/rapid' . | xargs -r -n1 dirname | sort -u); \
	[ -n "$$dirs" ] || { echo "soak: there is no law to test"; exit 1; }; \
	go test -buildvcs=auto -count=1 -timeout=0 $$dirs -rapid.checks=$(CHECKS)

# What follows has no help: it is made on the way.
python:
	@[ -n '$(PYTHON)' ] || { echo "this needs Python 3.11 or newer, with venv"; exit 1; }

bin/testcount: tools/testcount/main.go tools/go.mod
	@go build -C tools -buildvcs=false -o ../bin/testcount ./testcount

# A venv that was cut off in the making is made anew: the stamp comes last.
.venv/made: fixtures/requirements.txt
	@echo "installing the Python peers into .venv …"
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r fixtures/requirements.txt
	@touch $@

.venv-bench/made: fixtures/bench/requirements.txt
	@$(MAKE) --no-print-directory python
	@echo "installing the benchmark's peers into .venv-bench …"
	@rm -rf .venv-bench
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r fixtures/bench/requirements.txt
	@touch $@
