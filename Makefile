# Everything runs in the project's own virtual environment; the only needs are Python >= 3.11, git and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never
UV := $(shell command -v uv || echo $(BIN)/uv)
JOBS ?= 2
# What editors ask about recipes; its tests are skipped where there is no npm, or no network.
LANGUAGE_SERVER := yaml-language-server@2.0.0
# What looks for barriers in pages; its tests are skipped likewise.
AXE := axe-core@4.14.1

.PHONY: help demo test install install-test lint type bench faults clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "eurosift needs Python 3.11 or newer; set PYTHON=/path/to/python" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	command -v uv >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv

$(VENV)/.core: pyproject.toml constraints.txt | $(BIN)/python
	$(UV) pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.core
	$(UV) pip install --quiet --python $(BIN)/python --constraint constraints.txt --group dev
	@touch $@

# Each package has a folder of its own, as `npm install` removes what it does not know.
$(VENV)/node/.$(LANGUAGE_SERVER): | $(BIN)/python
	@$(call npm-install,$(VENV)/node,$(LANGUAGE_SERVER),yaml-language-server)

$(VENV)/axe/.$(AXE): | $(BIN)/python
	@$(call npm-install,$(VENV)/axe,$(AXE),axe-core)

define npm-install
! command -v npm >/dev/null || { \
	npm install --silent --no-audit --no-fund --ignore-scripts --fetch-retries=1 --fetch-timeout=30000 \
		--prefix $(1) $(2) \
	&& NODE_PATH=$(1)/node_modules node -e 'require("$(3)")' \
	&& touch $@; } || echo "no $(2): its tests will be skipped" >&2
endef

# A peer that has no wheel here is told of in the results.
$(VENV)/.bench: $(VENV)/.test
	@$(UV) pip install --quiet --python $(BIN)/python --constraint constraints.txt --only-binary :all: --group bench \
		&& touch $@ || echo "not all peers could be installed; the results say which" >&2

install: $(VENV)/.core ## set up the virtual environment and install eurosift into it
install-test: $(VENV)/.test $(VENV)/node/.$(LANGUAGE_SERVER) $(VENV)/axe/.$(AXE)

demo: $(VENV)/.core ## run the whole pipeline on the built-in demo crawl
	@rm -rf build/demo
	@$(BIN)/eurosift init --template demo build/demo
	@$(BIN)/eurosift run build/demo/recipe.yaml
	@$(BIN)/eurosift verify build/demo/recipe.yaml
	@$(BIN)/eurosift report build/demo/recipe.yaml --by funnel --by languages

lint: $(VENV)/.test ## ruff, format check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type: $(VENV)/.test ## mypy --strict
	$(BIN)/mypy

test: install-test lint type ## lint, types, all tests, and the built wheel in a clean environment
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

bench: $(VENV)/.bench ## measurements side by side with peers -> benchmarks/RESULTS.md
	$(BIN)/python benchmarks/run.py

faults: $(VENV)/.test ## hundreds of kills, full disks and damaged files -> benchmarks/RESULTS.md
	$(BIN)/python benchmarks/faults.py

clean: ## remove what the targets made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
