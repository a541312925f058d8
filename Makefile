# The targets people expect. Everything is set up in .venv on the first use; the only needs are Python 3.11+, its venv module and make.
PYTHON ?= python3
BIN := .venv/bin
UV_VERSION := 0.13.9
ARGS ?=

.PHONY: help setup demo test check lint bench soak pdfa fmt docs clean

help:
	@echo "make demo    a sample office with made-up people, in your browser (ARGS=--check runs the whole story and reports)"
	@echo "make test    all tests that this machine can run; says what it skipped and why"
	@echo "make check   lint, types, contracts and all tests: what CI runs"
	@echo "make bench   our figures, the bare floor and the ratio"
	@echo "make soak    the long runs: hundreds of kills, a million subjects"
	@echo "make pdfa    every letter through the validator of PDF/A (needs Java and Maven)"
	@echo "make fmt     format the source"
	@echo "make docs    write the parts of the documentation that are made from the code"

$(BIN)/.ready: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Sandyq needs Python 3.11 or newer as '$(PYTHON)'. On Debian: apt install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module of Python is missing. On Debian: apt install python3-venv"; exit 1; }
	@echo "Setting up (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=.venv $(BIN)/uv sync --frozen --quiet --compile-bytecode
	@touch $@

# Compiled once: where the environment forbids Python to write what it compiled, every command would compile everything anew.
setup: $(BIN)/.ready
	@$(BIN)/python -m compileall -q src

demo: setup
	@$(BIN)/sandyq demo $(ARGS)

test: setup
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -rs $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

check: lint
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -rs $(ARGS)

bench: setup
	@$(BIN)/python -m bench $(ARGS)

soak: setup
	@$(BIN)/python -m pytest -s -n 0 -m slow -rs tests/soak $(ARGS)

pdfa: setup
	@$(BIN)/python scripts/pdfa/papers.py build/pdfa/papers
	@mvn -q -f scripts/pdfa/pom.xml dependency:copy-dependencies -DoutputDirectory=$(CURDIR)/build/pdfa/jars
	@java -cp 'build/pdfa/jars/*' scripts/pdfa/Validate.java build/pdfa/papers/*.pdf

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup
	@$(BIN)/python scripts/docs.py

clean:
	rm -rf .venv build dist
