# make app    set up and start the web app at http://127.0.0.1:8050
# make test   set up and run all tests, browser tests too
# make check  style, types, direction of imports
# make bench  benchmarks: a table, JSON, and the floors that ratios must keep
# Each sets up its own virtual environment first; a second call finds it ready.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: app test check bench bench-short format clean

app: $(VENV)/.ready-app
	$(BIN)/planner-app

test: $(VENV)/.ready-all
	@PLANNER_CHROMIUM="$$(sh tests/browser.sh $(BIN))" && export PLANNER_CHROMIUM && \
	$(BIN)/python -m pytest -n 2 --dist loadscope $(ARGS)

check: $(VENV)/.ready-all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready-all
	$(BIN)/python -m benchmarks

bench-short: $(VENV)/.ready-all
	$(BIN)/python -m benchmarks --short

format: $(VENV)/.ready-all
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(VENV)/.ready-app: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than Python 3.11; name a newer one: make PYTHON=python3.12 ..." >&2; exit 2; }
	@echo "Setting up $(VENV) (once; takes a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install $(PIP_FLAGS) --editable ".[app]"
	@touch $@

$(VENV)/.ready-all: $(VENV)/.ready-app
	@echo "Adding what tests, checks and benchmarks need"
	@$(BIN)/pip install $(PIP_FLAGS) --editable ".[app,test,check,bench]"
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis bench-results test-results
