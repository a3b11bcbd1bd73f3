# `make run` and `make test` are the two commands of the README; both set up what they need first.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
MODEL := var/models/all-MiniLM-L6-v2
# Somewhere else than this project's default package index, PyTorch's CPU wheels may need an index of their own.
TORCH_INDEX ?=
PORT ?= 8765

.PHONY: run test test-all setup dev lint bench clean

run: setup
	@bin/demo $(PORT)

test: dev lint
	$(BIN)/pytest -n 2 -m "not slow"

test-all: dev lint
	$(BIN)/pytest -n 2

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/node node_modules/typescript/bin/tsc --noEmit -p tsconfig.json

bench: setup
	$(BIN)/python -m benchmarks

setup: $(VENV)/.installed $(MODEL)/.ready

dev: setup $(VENV)/.dev

$(VENV)/.installed: setup.cfg
	@bin/setup python "$(PYTHON)" "$(TORCH_INDEX)"
	@touch $@

$(MODEL)/.ready: $(VENV)/.installed $(wildcard recommenders/signals/examples/*.jsonl) recommenders/signals/needs.yaml
	$(BIN)/python -m copilot.models_setup
	@touch $@

$(VENV)/.dev: $(VENV)/.installed package-lock.json
	@bin/setup dev
	@touch $@

clean:
	rm -rf $(VENV) node_modules var .mypy_cache .ruff_cache .pytest_cache
