# make app     set up and start the web app at http://127.0.0.1:8050
# make test    set up and run all tests, browser tests too
# make bounds  the twins and the golden traces once more, every index of compiled code checked
# make check   style, types, direction of imports
# make bench   benchmarks: a table, JSON, and the floors that ratios must keep
# make peers   the same queue by SimPy, Ciw and both engines, the same staffing by pyworkforce and OR-Tools: tables
# Each sets up its own virtual environment first, and compiles what is compiled; a second call finds it ready.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
BOUNDED := tests/golden tests/twins
PIP_FLAGS := --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: app test bounds check bench bench-short peers warm format clean

app: warm
	$(BIN)/planner-app

test: $(VENV)/.ready-all warm
	@PLANNER_CHROMIUM="$$(sh tests/browser.sh $(BIN))" && export PLANNER_CHROMIUM && \
	$(BIN)/python -m pytest -n 2 --dist loadscope $(ARGS)

# Numba does not tell checked machine code from unchecked: it gets a folder of its own, new every time.
bounds: $(VENV)/.ready-all
	@folder="$$(mktemp -d)" && trap 'rm -rf "$$folder"' EXIT && \
	NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR="$$folder" $(BIN)/python -m pytest -n 2 $(BOUNDED) $(ARGS)

check: $(VENV)/.ready-all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.ready-all warm
	$(BIN)/python -m benchmarks

bench-short: $(VENV)/.ready-all warm
	$(BIN)/python -m benchmarks --short

peers: $(VENV)/.ready-all
	@$(BIN)/pip install $(PIP_FLAGS) --editable ".[peers]"
	$(BIN)/python -m benchmarks.peers

warm: $(VENV)/.ready-app
	@$(BIN)/python -m sim.warm

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
