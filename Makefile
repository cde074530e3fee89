# Every target sets up what it needs: Python 3.11+, git and make are all it asks of a machine.
# Set-up lives in .venv and .tools and costs nothing the second time.

.DEFAULT_GOAL := help
SHELL := /bin/sh

# An interpreter that is new enough; PYTHON=... overrides.
ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c '$(ENOUGH)' 2>/dev/null && { echo "$$p"; break; }; done)

PY := .venv/bin/python
WORKERS ?= 2

# A stamp per place: a copied tree whose .venv still points at the original is set up anew.
HERE := $(firstword $(shell pwd -P | cksum))
LOCKED := .venv/.locked-$(HERE)
EDITABLE := .venv/.editable-$(HERE)
DESKTOP := .venv/.desktop-$(HERE)
SOAK := .venv/.soak-$(HERE)
NODE := .tools/.node
PROOFS := proofs/node_modules/.unleak-installed
# Real Node for the tests, beside the one that the tool brings: the oldest, and those between.
TEST_LINES := 18 20 22
LINES := .tools/.lines-test
ALL_LINES := .tools/.lines-all
NODE_LOCKS := $(wildcard proofs/nodes/*/package-lock.json)

export PATH := $(CURDIR)/.tools/bin:$(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_USER := 0
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_CONSTRAINT

# $(call provided,FILE) fails in plain words while a target's script is not in the tree.
provided = @test -e $(1) || { echo "make $@: $(1) is not in this tree" >&2; exit 2; }

.PHONY: help
help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(EDITABLE) $(NODE) $(PROOFS) ## bring in all that `test` and `demo` need

.PHONY: demo
demo: setup ## show the tool at work on a small monorepo
	$(call provided,scripts/demo.py)
	@$(PY) scripts/demo.py

.PHONY: test
test: setup $(LINES) ## run every test
	@$(PY) -m pytest -n $(WORKERS) --ignore=tests/soak $(ARGS)

.PHONY: test-desktop
test-desktop: setup $(DESKTOP) ## test the pages in a real browser, the server in a real editor
	@scripts/desktop
	@$(PY) -m pytest tests_desktop $(ARGS)

.PHONY: check
check: lint test ## format, lint, types, generated pages, and every test

.PHONY: lint
lint: $(EDITABLE) ## format, lint, types, generated pages
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@if test -e scripts/generate.py; then $(PY) -m scripts.generate --check; fi
	@$(PY) -m scripts.options --check

.PHONY: format
format: $(EDITABLE) ## format, and fix what ruff can fix
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

.PHONY: proofs
proofs: setup $(ALL_LINES) ## run before and after of every rewrite on every Node line
	$(call provided,$(or $(wildcard src/unleak/proofs*),src/unleak/proofs.py))
	@$(PY) -m unleak.proofs --all-nodes $(ARGS)

.PHONY: corpus
corpus: setup ## run over real code: make corpus CORPUS=folder
	@test -n "$(CORPUS)" || { echo "say which folder: make corpus CORPUS=folder" >&2; exit 2; }
	$(call provided,scripts/corpus.py)
	@$(PY) scripts/corpus.py "$(CORPUS)" $(ARGS)

.PHONY: suites
suites: setup ## other packages' own tests, before and after: make suites SUITES="tape trumpet"
	$(call provided,scripts/suites.py)
	@$(PY) scripts/suites.py $(SUITES) $(ARGS)

.PHONY: soak
soak: setup $(LINES) $(SOAK) ## the long-running tests
	$(call provided,tests/soak)
	@$(PY) -m pytest tests/soak $(ARGS)

.PHONY: bench
bench: setup ## measure speed
	$(call provided,benchmarks/run.py)
	@$(PY) benchmarks/run.py $(ARGS)

.PHONY: lock
lock: setup ## write every lock file anew
	@scripts/lock

.PHONY: clean
clean: ## remove what tools leave behind
	rm -rf build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.tools/*' -prune \
		-exec rm -rf {} +

.PHONY: distclean
distclean: clean ## remove the set-up too
	rm -rf .venv .tools proofs/node_modules

$(LOCKED): requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer found; say PYTHON=path" >&2; exit 2; }
	@$(PY) -c 'import pip; $(ENOUGH)' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo "Installing the locked Python packages"
	@$(PY) -m pip install -qq --require-hashes -r requirements/dev.txt
	@touch $@

$(DESKTOP): requirements/desktop.txt $(EDITABLE)
	@echo "Installing what drives a browser"
	@$(PY) -m pip install -qq --require-hashes -r requirements/desktop.txt
	@rm -f .venv/.desktop-*
	@touch $@

$(SOAK): requirements/soak.txt $(LOCKED)
	@$(PY) -m pip install -qq --require-hashes -r requirements/soak.txt
	@touch $@

$(EDITABLE): pyproject.toml $(LOCKED)
	@$(PY) -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@

$(NODE): scripts/nodes.py $(LOCKED)
	@$(PY) scripts/nodes.py --link >/dev/null
	@touch $@

$(PROOFS): proofs/package.json proofs/package-lock.json $(NODE)
	@echo "Installing the locked npm packages"
	@cd proofs && ../.tools/bin/npm ci --loglevel=error --ignore-scripts --package-lock >/dev/null
	@touch $@

$(LINES): $(NODE) $(NODE_LOCKS) Makefile
	@echo "Installing Node $(TEST_LINES)"
	@$(PY) scripts/nodes.py --ensure $(TEST_LINES) >/dev/null
	@touch $@

$(ALL_LINES): $(NODE) $(NODE_LOCKS)
	@echo "Installing every Node line"
	@$(PY) scripts/nodes.py --all >/dev/null
	@touch $@
