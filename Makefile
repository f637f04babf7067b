SHELL := /bin/bash
BIN := .venv/bin

# For `make run`.
PORT ?= 8080
BACKEND ?= simulated
# Further arguments: of the daemon in `make run`, of pytest in the suites, of uv in `make lock`.
ARGS ?=

FAST := tests/unit tests/contract tests/api tests/dbus tests/simulation
# Those that are quick enough for every commit.
QUICK := tests/unit tests/dbus
PYTEST := $(BIN)/python -m pytest
# Two processes: these tests mostly wait. Their folders are best kept in memory.
export PYTEST_DEBUG_TEMPROOT := $(shell test -w /dev/shm && echo /dev/shm || echo /tmp)
AT_ONCE := -n 2 --dist loadfile
# Says nothing of the theme's successor.
MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs
# Device-years that `make test` lives through.
YEARS ?= 50

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run test check setup quick fast coverage simulation browser lab wheel deb packaging-quick packaging attack bench soak lint types imports format \
	diagrams reference docs docs-serve docs-freshness lock clean

help:  ## list what can be made
	@awk -F ':.*  ## ' '/^[a-z-]+:.*  ## / { printf "  make %-16s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run:  ## run the daemon on simulated radios (PORT=8080 BACKEND=simulated ARGS=)
	@tools/setup run
	@mkdir -p .run
	@exec env FIRSTLIGHT_PROVISIONING_ENABLED=1 $(BIN)/firstlight serve \
		--backend $(BACKEND) --port $(PORT) --state-dir .run/state --demo $(ARGS)

test: setup lint types imports coverage docs-freshness docs simulation packaging-quick browser lab  ## everything: checks, all suites, the radio lab

check: setup lint types imports quick docs-freshness  ## what to run before every commit, in a minute and a half

setup:  ## make .venv and install the Debian packages that the tests need
	@tools/setup test

quick: setup  ## unit and D-Bus tests (ARGS="-k word")
	$(PYTEST) $(QUICK) -n 3 --dist loadfile $(ARGS)

fast: setup  ## unit, contract, API and D-Bus tests (ARGS="-k word")
	$(PYTEST) $(FAST) $(AT_ONCE) $(ARGS)

coverage: setup  ## the fast tests with branch coverage, and its limits
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest $(FAST) $(AT_ONCE) $(ARGS)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --fail-under=100 --include='*/firstlight/core/*,*/firstlight/provisioning/*,*/firstlight/store/*'

simulation: setup  ## device-years of outages on simulated radios (YEARS=50 ARGS="--seed 7")
	$(BIN)/firstlight simulate --years $(YEARS) $(ARGS)

browser: setup  ## the pages in a real browser
	$(PYTEST) tests/browser $(ARGS)

lab: setup  ## real NetworkManager on virtual radios (ARGS="-k hidden")
	$(PYTEST) tests/radio $(ARGS)

wheel:  ## build the wheel, into build/wheel
	@tools/setup run
	$(BIN)/python -m pip --quiet --disable-pip-version-check wheel --no-deps --no-build-isolation --no-index \
		--wheel-dir build/wheel .
	@ls build/wheel/*.whl

deb:  ## build the Debian package, into build/deb
	@tools/setup deb
	tools/deb

packaging-quick: setup  ## build wheel and Debian package, and look at them
	@echo "packaging-quick: installing it in a Debian in a folder is left to make packaging: it takes minutes"
	$(PYTEST) tests/packaging -m "not lengthy" $(ARGS)

packaging: setup  ## build the Debian package; install, upgrade, remove and purge it in a Debian in a folder
	$(PYTEST) tests/packaging $(ARGS)

attack: setup  ## every attack that there is a test for: what stops it, and whether it did (LAB=all: the lab's, too)
	@$(BIN)/python tools/attack $(ARGS)

bench:  ## measure, also beside comitup; the figures stand in docs/benchmarks.md (ARGS="host peers")
	@tools/setup $(if $(or $(filter peers,$(ARGS)),$(if $(ARGS),,all)),bench,test)
	$(BIN)/python -m benchmarks $(ARGS)

soak: setup  ## an hour of load on the real daemon, then 10 000 simulated device-years (SOAK_MINUTES=60 SOAK_YEARS=10000)
	$(BIN)/python -m benchmarks.soak

lint: setup  ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup  ## basedpyright, strict
	$(BIN)/basedpyright

imports: setup  ## who may import whom
	$(BIN)/lint-imports --no-cache --no-logo

format: setup  ## format, and fix what ruff can fix
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

diagrams: setup  ## draw the state diagrams in docs/ from the tables in the code
	$(BIN)/python tools/diagrams

reference: setup  ## write the lists in docs/ that are made from the code
	$(BIN)/python tools/reference

docs: setup  ## build the documentation into build/docs, and run every command in it (ARGS="-k fleet")
	$(MKDOCS) build --quiet
	$(PYTEST) tests/docs -n 2 $(ARGS)

docs-serve: setup  ## show the documentation on http://127.0.0.1:8000/, anew with every change
	$(MKDOCS) serve

docs-freshness: setup  ## fail if a diagram, a list or a catalogue is older than what it is made from
	$(BIN)/python tools/diagrams --check
	$(BIN)/python tools/reference --check
	$(BIN)/python tools/translations --check

lock:  ## pin the dependencies anew (ARGS=--upgrade)
	tools/lock $(ARGS)

clean:  ## remove everything that is made, .venv and the state of `make run` too
	rm -rf .venv .run .coverage .coverage.* .hypothesis .pytest_cache .ruff_cache .import_linter_cache \
		build dist tests/radio/artifacts tests/browser/artifacts
	find src tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
