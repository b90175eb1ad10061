# `make help` lists the targets. Nothing here needs root; everything lives in .venv and var.

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PYTHON := $(shell command -v python3.11 || command -v python3)
PIP    := $(BIN)/python -m pip --disable-pip-version-check
SOURCES := $(wildcard kaisa_relay tests benchmarks)
PARTS   := checks domain tests

# Branches in per cent: every rule is tried where rules are tested, and nearly everything else.
DOMAIN_COVERAGE ?= 100
WHOLE_COVERAGE  ?= 90
# Counting branches makes Python three times as slow, so the suite runs without.
COUNTED := $(BIN)/coverage run
PYTEST  := -m pytest -n 4 --dist worksteal

BENCH ?=
FUZZ  ?= 30

# Where it is set, each of the relays that the tests start would compile all sources anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup built demo test test-crash whole-coverage format checks format-check lint types page domain tests fuzz bench constraints clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(STAMP) ## make .venv and install the pinned dependencies

# Debian keeps ensurepip in a package of its own; where it is missing but pip is not, pip fills the venv.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed, found: $(PYTHON)' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 \
		|| { $(PYTHON) -m venv --without-pip --clear $(VENV) \
			&& $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; } \
		|| { echo 'Cannot make a virtual environment: install python3-venv or python3-pip.' >&2; \
			rm -rf $(VENV); exit 1; }

$(STAMP): pyproject.toml constraints.txt $(wildcard build_backend/*.py) | $(BIN)/python
	$(PIP) install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

# The installation built the page; this does it again where its sources have changed since.
built: setup
	@$(BIN)/python build_backend/dashboard.py build

demo: built ## play the main road on a WhatsApp that runs in the box; ARGS=… are its options
	@$(BIN)/kaisa-relay demo $(ARGS)

test: setup ## format, lint, types, page and all tests; fails when any part fails
	@failed=''; \
	for part in $(PARTS); do \
		echo "== $$part"; \
		$(MAKE) --no-print-directory $$part || failed="$$failed $$part"; \
	done; \
	if [ -n "$$failed" ]; then echo "FAILED:$$failed"; exit 1; fi; \
	echo 'PASSED: $(PARTS)'

test-crash: setup ## the long run: kills, restarts, the largest file
	$(BIN)/python -m pytest -m crash

format: setup ## rewrite the sources in the one format
	$(BIN)/ruff format .

# Types and the page keep a core busy each.
checks: setup
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync format-check lint types page

format-check: setup
	$(BIN)/ruff format --check .

lint: setup ## ruff
	$(BIN)/ruff check .

types: setup ## mypy, strict
	$(BIN)/mypy $(SOURCES)

page: setup ## the supervisors' page: types from the API's documents, their check, unit tests
	$(BIN)/python build_backend/dashboard.py check

domain: setup ## the tests of the domain, which alone try every branch of it
	@$(BIN)/coverage erase
	@$(COUNTED) --source=kaisa_relay/domain $(PYTEST) --quiet tests/domain
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=$(DOMAIN_COVERAGE)

tests: built ## all other tests
	@command -v chromium >/dev/null || echo 'No Chromium here, so the tests in a browser are skipped:' \
		'`apt-get install chromium` (as root) brings it.'
	$(BIN)/python $(PYTEST) --ignore=tests/domain

whole-coverage: built ## the branches that all tests together try, in some fifteen minutes
	@$(BIN)/coverage erase
	$(COUNTED) $(PYTEST)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=$(WHOLE_COVERAGE)

fuzz: setup ## look for webhooks that break the parser, led by coverage; FUZZ=600 is ten minutes
	$(PIP) install --quiet -c constraints.txt -e '.[fuzz]'
	$(BIN)/python -m tests.fuzz $(FUZZ)

bench: setup ## every benchmark within ten minutes, into var/bench; make bench BENCH=--quick is rough
	@$(BIN)/python -m benchmarks.suite $(BENCH)

constraints: setup ## write down what is installed now
	@{ head -n 1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## remove everything that was made, also the virtual environment
	rm -rf $(VENV) var build dist htmlcov .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info
	rm -rf kaisa_relay/dashboard/built kaisa_relay/dashboard/page/node_modules kaisa_relay/dashboard/page/generated
	find kaisa_relay tests -name __pycache__ -type d -prune -exec rm -rf {} +
