# Needs Python 3.11 or newer with venv; everything else goes into .venv. Another interpreter: make PYTHON=python3.13 test
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := requirements/ci.lock
COMMA := ,
install = $(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python $(1) || \
 { echo 'once more, with pip:'; $(PIP) install $(1); }
RESTRIDE_SHARED ?= ../shared
# As restride itself has it; several threads for small matrices only wait for each other.
export OPENBLAS_NUM_THREADS ?= 1
# Processes that tests start, hundreds, would each compile all again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-long test-browser firmware firmware-rv32 firmware-analysis firmware-coverage firmware-report firmware-fuzz format docs site man notebooks docs-figures screenshots validate bench warnings words lock notices dist sbom audit tour mutants clean

help:  ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 26

demo: $(VENV)/run.stamp  ## open the dashboard with a simulated squad, and sync one more run from virtual sensors
	@$(BIN)/restride demo --out demo-run

test: postgresql-if-possible browser-if-possible  ## everything that must hold before a change is taken
	@$(MAKE) --no-print-directory --jobs 2 $(VENV)/test.stamp firmware-if-possible  # neither keeps two cores busy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 $(VENV)/compiled.stamp types-and-rooms
	RESTRIDE_SHARED=$(RESTRIDE_SHARED) $(BIN)/pytest --numprocesses auto --dist worksteal -m "not long"

test-fast: $(VENV)/test.stamp  ## of that six tests of seven, in a sixth of the time: while you work
	RESTRIDE_SHARED=$(RESTRIDE_SHARED) $(BIN)/pytest --numprocesses logical --dist worksteal \
	  --durations 5 --durations-min 1 -m "not unhurried and not slow and not browser and not long"

test-browser: $(VENV)/test.stamp browser-if-possible  ## of that only what a browser shows, and a picture of every page in build/pages
	RESTRIDE_SHARED=$(RESTRIDE_SHARED) $(BIN)/pytest --numprocesses auto --dist worksteal tests/browser --pictures build/pages

test-long: $(VENV)/test.stamp  ## every fault at every sensor, and months of use: half an hour of kills, lost links and full disks
	RESTRIDE_SHARED=$(RESTRIDE_SHARED) $(BIN)/pytest -m long

.PHONY: types-and-rooms
types-and-rooms:
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: firmware-if-possible
firmware-if-possible:
	@if command -v cmake >/dev/null && command -v cc >/dev/null; then $(MAKE) --no-print-directory firmware; \
	 else echo 'firmware: not tested here, needs cmake and a C compiler'; fi

.PHONY: postgresql-if-possible
postgresql-if-possible:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	 echo 'store: tested on SQLite only, PostgreSQL needs Debian'"'"'s package postgresql'

.PHONY: browser-if-possible
browser-if-possible:
	@command -v chromium chromium-browser google-chrome >/dev/null || ls ~/.cache/ms-playwright/chromium* >/dev/null 2>&1 || \
	 echo 'dashboard: not tested in a browser, needs Debian'"'"'s package chromium, or: playwright install chromium'

firmware:  ## build the sensor's C core and test it with sanitizers; needs cmake and a C compiler
	cmake -S firmware -B build/firmware
	cmake --build build/firmware --parallel
	ctest --test-dir build/firmware --output-on-failure --parallel 2

firmware-rv32:  ## the same core on a RISC-V of QEMU: unit tests, instructions a sample, code size
	@command -v riscv64-unknown-elf-gcc >/dev/null && command -v qemu-system-riscv32 >/dev/null || \
	 { echo 'firmware-rv32: skipped, needs gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf, qemu-system-misc'; exit 0; }; \
	 cmake -S firmware -B build/firmware-rv32 --toolchain rv32/toolchain.cmake -DRS_SANITIZE=OFF && \
	 cmake --build build/firmware-rv32 --parallel && \
	 ctest --test-dir build/firmware-rv32 --output-on-failure --exclude-regex 'chip_|flash_power' && \
	 ctest --test-dir build/firmware-rv32 --verbose --tests-regex '^(real_time|ram)$$' && \
	 riscv64-unknown-elf-size --totals build/firmware-rv32/librs_core.a

firmware-analysis:  ## gcc -fanalyzer and cppcheck over the C core
	for source in firmware/core/*.c; do \
	  gcc -std=c11 -O1 -fanalyzer -Werror -Ifirmware/core -c -o /dev/null $$source || exit 1; done
	cppcheck --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 --quiet \
	  -Ifirmware/core firmware/core

firmware-coverage:  ## which lines and branches of the C core its tests take
	cmake -S firmware -B build/firmware-coverage -DRS_SANITIZE=OFF -DRS_COVERAGE=ON
	cmake --build build/firmware-coverage --parallel
	ctest --test-dir build/firmware-coverage --output-on-failure --label-exclude fuzz --parallel 2
	$(PYTHON) firmware/coverage.py build/firmware-coverage

firmware-report: firmware-coverage firmware-rv32  ## the figures of docs/firmware.md anew; needs what these two do
	$(PYTHON) firmware/report.py build/firmware-coverage build/firmware-rv32

firmware-fuzz:  ## five minutes of libFuzzer on each parser; needs clang
	cmake -S firmware -B build/firmware-fuzz -DRS_LIBFUZZER=ON -DCMAKE_C_COMPILER=$${CLANG:-clang}
	cmake --build build/firmware-fuzz --parallel
	for target in records device chips log board; do \
	  build/firmware-fuzz/fuzz/fuzz_$$target -max_total_time=300 -max_len=2048 || exit 1; done

format: $(VENV)/test.stamp  ## put the code in its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/test.stamp  ## write docs/cli.md from the help pages, and what programs print into other pages
	$(BIN)/python docs/cli_page.py > docs/cli.md
	$(BIN)/python docs/made_blocks.py

site: $(VENV)/test.stamp  ## the documents as a site that opens from files: build/site/index.html
	$(BIN)/python docs/site_pages.py build/pages
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

man: $(VENV)/test.stamp  ## the same help pages as a man page: build/man/restride.1
	mkdir -p build/man
	$(BIN)/python docs/man_page.py > build/man/restride.1

notebooks: $(VENV)/test.stamp  ## run the notebooks and write them as pages into build/notebooks
	RESTRIDE_SHARED=$(abspath $(RESTRIDE_SHARED)) $(BIN)/python docs/notebooks_html.py build/notebooks

docs-figures: $(VENV)/test.stamp  ## draw the pictures of docs/method.md from simulated runs
	$(BIN)/python docs/figures.py

screenshots: $(VENV)/test.stamp  ## serve a simulated squad, and make the pictures of the dashboard for README.md
	$(BIN)/python -m tests.browser.pictures docs/images

tour: $(VENV)/test.stamp  ## run the demo, and make the half minute of it that README.md begins with
	$(BIN)/python -m tests.browser.tour docs/images/tour.webp

validate: $(VENV)/test.stamp  ## analyse every sample with truth; write the agreement tables and docs/validation.md
	$(BIN)/restride validate $(RESTRIDE_SHARED)/samples --out build/validation || test $$? -eq 1  # a missed goal is a result
	cp build/validation/validation.md docs/validation.md

bench: $(VENV)/test.stamp  ## time one hour of three sensors against one filter pass over it
	$(BIN)/python -m tests.benchmarks

# ROOMS="rights" for one room only; OPTIONS="--sample 200 --seed 2" for more and others.
mutants: $(VENV)/test.stamp  ## put small faults into the code, and name those that no test notices
	RESTRIDE_SHARED=$(abspath $(RESTRIDE_SHARED)) $(BIN)/python -m tests.mutants $(ROOMS) $(OPTIONS)

warnings: $(VENV)/test.stamp  ## simulate a year of runs for hundreds of runners; write docs/warnings.md
	mkdir -p build
	$(BIN)/python -m tests.benchmarks.warnings > build/warnings.md
	cp build/warnings.md docs/warnings.md

words: $(VENV)/test.stamp  ## bring the dashboard's catalogues up to date; what is new in them waits for a translator
	mkdir -p build
	$(BIN)/pybabel -q extract -F dashboard/text/babel.cfg -k N_ -k said -k pattern --no-location --omit-header -o build/words.pot dashboard imu/training imu/followup
	$(BIN)/pybabel -q update -i build/words.pot -o dashboard/text/locales/de.po -l de --no-fuzzy-matching --ignore-obsolete --width 110

lock:  ## choose the newest allowed versions of everything and pin them
	$(PYTHON) -m venv --clear build/lock
	build/lock/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[dev]'
	{ echo '# Tested versions of everything; written by make lock.'; \
	  build/lock/bin/python -m pip freeze --exclude restride; } > $(LOCK)

notices: $(VENV)/test.stamp  ## write THIRD-PARTY.md: what restride runs on, and under which licences
	mkdir -p build
	$(BIN)/python requirements/notices.py > build/THIRD-PARTY.md && cp build/THIRD-PARTY.md THIRD-PARTY.md

# The time of the last commit, so that whoever builds the same commit gets the same bytes.
dist: $(VENV)/test.stamp  ## sdist and wheel into dist/, byte for byte the same whoever builds them
	rm -rf dist
	SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct)} $(BIN)/python -m build --no-isolation

sbom: dist  ## what is installed with the wheel and the extras of users, as CycloneDX: dist/restride.cdx.json
	$(PYTHON) -m venv --clear build/sbom
	build/sbom/bin/python -m pip --disable-pip-version-check --quiet install --constraint $(LOCK) \
	  "$$(ls dist/*.whl)[cluster,dashboard,fhir,formats,oidc,postgres,s3,serial,validation,virtual]"
	build/sbom/bin/python -m pip --disable-pip-version-check --quiet uninstall --yes pip setuptools
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
	  --of JSON --output-file dist/restride.cdx.json build/sbom/bin/python

audit:  ## known weaknesses of all that is locked (asks PyPI), and secrets in what is committed
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip --disable-pip-version-check --quiet install pip-audit detect-secrets
	build/audit/bin/detect-secrets-hook --no-verify $$(git ls-files ':!tests')
	build/audit/bin/pip-audit --requirement $(LOCK) --no-deps --disable-pip

clean:  ## remove what these targets made
	rm -rf $(VENV) build dist demo-run .demo-run.* __pycache__ .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find imu dashboard tests docs firmware requirements notebooks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	 { echo 'Restride needs Python 3.11 or newer; name one: make PYTHON=python3.13 demo'; exit 2; }
	$(PYTHON) -m venv $(VENV)

# Installs in a fifth of pip's time; where it cannot, as behind an index of which only pip was told, pip does.
$(VENV)/bin/uv: | $(VENV)/bin/python
	@$(PIP) install --constraint $(LOCK) --no-compile uv || echo 'uv is not to be had here, pip goes on alone'

# The tested versions serve as constraints, so that a demo next year is still the tested one.
$(VENV)/run.stamp: pyproject.toml $(LOCK) | $(VENV)/bin/uv
	@export UV_COMPILE_BYTECODE=1; $(call install,--constraint $(LOCK) --editable '.[dashboard$(COMMA)virtual]')
	@touch $@

$(VENV)/test.stamp: pyproject.toml $(LOCK) | $(VENV)/bin/uv
	@$(call install,--no-compile --requirement $(LOCK))
	@$(call install,--no-deps --editable .)
	@touch $@ $(VENV)/run.stamp

# What tests load is compiled once, here, and not by each process that runs them at the same time.
$(VENV)/compiled.stamp: $(VENV)/test.stamp
	-@$(BIN)/pytest --collect-only -qq >$@ 2>&1
