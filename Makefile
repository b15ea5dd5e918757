# Everything a machine with Python 3.11+ and make needs. `make help` lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
BUILT := panlearn/web/static/build/manifest.json
FRONTEND := $(shell find panlearn/web/frontend -type f 2>/dev/null)
PANLEARN_HOME ?= var
export PANLEARN_HOME
# The virtual environment's own Node and npm come first.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup run test check format lint types layers lock clean python

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: setup ## set up, publish the bundled courses, serve http://127.0.0.1:8000
	@$(BIN)/panlearn db upgrade
	@$(BIN)/panlearn course publish --bundled
	@$(BIN)/panlearn serve

setup: python .venv/.installed $(BUILT) ## the virtual environment, the front end and the kernel environment
	@$(BIN)/panlearn env build core

test: setup ## every test, browser and sandbox tests too
	@$(BIN)/python -m tests.components
	@npm test --silent
	@$(MAKE) --no-print-directory lint types layers
	@$(BIN)/pytest

check: .venv/.installed ## the quick loop: format, lint, types, layers, unit tests
	@$(MAKE) --no-print-directory lint types layers
	@$(BIN)/pytest tests/unit -q -n 2 -m "not postgresql"

lint: ## ruff: format and rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: ## mypy and tsc, strict
	@$(BIN)/mypy
	@[ ! -d node_modules ] || npm run --silent check

layers: ## dependencies point one way
	@$(BIN)/lint-imports

format: ## let ruff format and mend what it can
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: ## the exact versions anew (needs uv)
	@for to in "pyproject.toml -o requirements.txt" "pyproject.toml --group dev -o requirements-dev.txt" \
		"sandbox/environments/core.in -o sandbox/environments/core.txt"; do \
		uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade $$to || exit 1; done

clean: ## remove what setup made; instance data in var/ stays
	rm -rf .venv node_modules panlearn/web/static/build

python:
	@[ -n "$(PYTHON)" ] || { echo "PaN Learn needs Python 3.11 or newer with venv (Debian, Ubuntu: apt install python3 python3-venv)."; exit 1; }

.venv/.installed: requirements-dev.txt pyproject.toml | python
	@echo "Setting up .venv: the site and its tools (once, a minute or two)"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.installed: package.json package-lock.json .venv/.installed
	@echo "Fetching the front end's packages"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(BUILT): node_modules/.installed $(FRONTEND)
	@echo "Building the front end"
	@npm run --silent build
