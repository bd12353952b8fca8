# Needs Python 3.11 or newer with venv; everything else goes into .venv. Another interpreter: make PYTHON=python3.13 test
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := requirements/ci.lock
RESTRIDE_SHARED ?= ../shared

.DEFAULT_GOAL := help
.PHONY: help demo test test-long format docs docs-figures validate bench warnings lock clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

demo: $(VENV)/run.stamp  ## sync a simulated run with an injected change from virtual sensors, write the page
	@$(BIN)/restride demo --out demo-run

test: $(VENV)/test.stamp  ## everything that must hold before a change is taken
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	RESTRIDE_SHARED=$(RESTRIDE_SHARED) $(BIN)/pytest --numprocesses auto -m "not long"

test-long: $(VENV)/test.stamp  ## every fault at every sensor: half an hour of kills, lost links and full disks
	RESTRIDE_SHARED=$(RESTRIDE_SHARED) $(BIN)/pytest -m long

format: $(VENV)/test.stamp  ## put the code in its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/test.stamp  ## write docs/cli.md from the help pages
	$(BIN)/python docs/cli_page.py > docs/cli.md

docs-figures: $(VENV)/test.stamp  ## draw the pictures of docs/method.md from simulated runs
	$(BIN)/python docs/figures.py

validate: $(VENV)/test.stamp  ## analyse every sample with truth; write the agreement tables and docs/validation.md
	$(BIN)/restride validate $(RESTRIDE_SHARED)/samples --out build/validation || test $$? -eq 1  # a missed goal is a result
	cp build/validation/validation.md docs/validation.md

bench: $(VENV)/test.stamp  ## time one hour of three sensors against one filter pass over it
	$(BIN)/python -m tests.benchmarks

warnings: $(VENV)/test.stamp  ## simulate a year of runs for hundreds of runners; write docs/warnings.md
	mkdir -p build
	$(BIN)/python -m tests.benchmarks.warnings > build/warnings.md
	cp build/warnings.md docs/warnings.md

lock:  ## choose the newest allowed versions of everything and pin them
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[dev]'
	{ echo '# Tested versions of everything; written by make lock.'; \
	  build/lock/bin/python -m pip freeze --exclude restride; } > $(LOCK)

clean:  ## remove what these targets made
	rm -rf $(VENV) build dist demo-run .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find imu tests docs -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# The tested versions serve as constraints, so that a demo next year is still the tested one.
$(VENV)/run.stamp: pyproject.toml $(LOCK) | $(VENV)/bin/python
	$(PIP) install --constraint $(LOCK) --editable '.[virtual]'
	@touch $@

$(VENV)/test.stamp: pyproject.toml $(LOCK) | $(VENV)/bin/python
	$(PIP) install --requirement $(LOCK)
	$(PIP) install --no-deps --editable .
	@touch $@ $(VENV)/run.stamp
