# The two commands: `make dataset` builds and loads the corpus, `make test` proves what a change can break. `make help`
# lists the rest.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n auto --dist loadgroup

# An older pip builds a package that has only its source with what is installed, unless it is told to build it apart.
# Each process of a test would compile the package anew, and each of two would use threads for all cores.
unexport PYTHONDONTWRITEBYTECODE
export OMP_NUM_THREADS ?= 1
# Tests wait for servers and browsers a part of their time: three processes keep two cores at work.
export PYTEST_XDIST_AUTO_NUM_WORKERS ?= $(shell $(PYTHON) -c 'import os; print(os.cpu_count() * 3 // 2)')

.PHONY: help dataset lint quick test full coverage docs format bench bench-full clean
.DEFAULT_GOAL := help

help:
	@echo "make dataset   environment in .venv, check the corpus, build dataset/, load it, show a summary"
	@echo "make quick     lints, types, import contracts, fast tests of few examples"
	@echo "make test      lints, types, import contracts, all that a change can break"
	@echo "make full      the same with five times as many, other examples, and large corpora: SPANPROOF_CORPORA=DIR:DIR make full"
	@echo "make coverage  which lines the tests reach"
	@echo "make docs      the documentation as a website, in build/docs/site"
	@echo "make format    format the code and regenerate what is generated"
	@echo "make bench     speed beside reading and other libraries, as ratios in one run; some minutes"
	@echo "make bench-full  the same with larger corpora, engines and growth; about an hour"
	@echo "make clean     remove the environment and caches"

dataset: .venv/.core
	$(BIN)/spanproof check
	$(BIN)/spanproof build
	$(BIN)/spanproof check dataset

lint: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

quick: lint
	HYPOTHESIS_PROFILE=quick $(PYTEST) -q -m "not slow and not full"

test: lint
	$(PYTEST)

full: lint
	HYPOTHESIS_PROFILE=thorough $(PYTEST) -m ""

coverage: .venv/.test
	$(PYTEST) --cov --cov-report=term

docs: .venv/.docs
	$(BIN)/python tools/docs/stage.py build/docs
	$(BIN)/zensical build --strict -f build/docs/mkdocs.yml
	@echo "build/docs/site/index.html"

format: .venv/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m spanproof.text.characters
	$(BIN)/spanproof bench report tools/leaderboard/predictions --page tools/leaderboard
	$(BIN)/spanproof build
	$(BIN)/spanproof rules --output markdown > tools/docs/reference/rules.md
	$(BIN)/spanproof formats --output markdown > tools/docs/reference/formats.md
	PYTHONPATH=tests $(BIN)/python tests/testing/test_mutations.py
	PYTHONPATH=tests $(BIN)/python tests/testing/test_open_world.py
	PYTHONPATH=tests $(BIN)/python tests/docs/test_pages.py
	PYTHONPATH=tests $(BIN)/python tests/docs/test_drift_picture.py
	PYTHONPATH=tests $(BIN)/python tests/docs/test_terminal_picture.py
	PYTHONPATH=tests $(BIN)/python tests/docs/test_command_line.py

bench: .venv/.bench
	$(BIN)/python tests/benchmarks/run.py

bench-full: .venv/.bench
	$(BIN)/python tests/benchmarks/run.py --full

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "spanproof needs Python 3.11 or newer; name it: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -qy python3-venv; } || { echo "Python lacks its venv module; on Debian: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.core: .venv/bin/python pyproject.toml constraints.txt tools/spanproof/_version.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --use-pep517 -c constraints.txt -e '.[datasets,viewer]'
	@touch $@

.venv/.test: .venv/bin/python pyproject.toml constraints.txt tools/spanproof/_version.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --use-pep517 -c constraints.txt -e '.[test]'
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -qy chromium; } || echo "no chromium: the tests in a browser are left out; on Debian: sudo apt install chromium"
	@touch $@

.venv/.bench: .venv/.test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt orjson pytextspan
	@touch $@

.venv/.docs: .venv/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --use-pep517 -c constraints.txt -e '.[docs]'
	@touch $@
