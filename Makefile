# `make` lists what there is. Set-up happens by itself, once, in .venv, from the hash-checked files in locks/.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN  := $(VENV)/bin
PIP  := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet
UV := build/lock-env/bin/uv

# Stamps: each is written only after its step has succeeded, so an interrupted set-up starts again.
MADE := $(VENV)/.made
RUN  := $(VENV)/.run-ready
APP  := $(VENV)/.app-ready
DEV  := $(VENV)/.dev-ready
E2E  := $(VENV)/.e2e-ready
DOCS := $(VENV)/.docs-ready
COMPILED := $(VENV)/.compiled
BENCH := $(VENV)/.bench-ready
MUTATE := $(VENV)/.mutate-ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run app test golden docs e2e pictures check format validate bench setup lock lowest mutate wheel clean FORCE

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

run: $(RUN) $(COMPILED)  ## run the default scenario; another with ARGS="scenario=major_incident"
	@$(BIN)/hub $(ARGS)

app: $(APP) $(COMPILED)  ## open the page in a browser; options with ARGS="--port 8502 --no-browser"
	@$(BIN)/hub app $(ARGS)

# Bytecode is kept whatever the shell says: else every command that a test starts compiles the whole project.
test: $(DEV) $(COMPILED)  ## every test but the heavy ones and those in a browser, on all cores
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --ignore tests/e2e -m "not heavy and not e2e" $(ARGS)

golden: $(DEV) $(COMPILED)  ## compare every table of 66 small runs with tests/golden; keep new ones with ARGS=--write
	@$(BIN)/python tests/golden/golden.py $(ARGS)

docs: $(DOCS) $(COMPILED)  ## write docs/stages.md and docs/data.md, and the site into build/site: runs the tutorial, checks links
	@mkdir -p build
	@$(BIN)/python tests/docs/stages_page.py
	@$(BIN)/python tests/docs/data_page.py
	@$(BIN)/sphinx-build -q -E -W --keep-going docs build/site >build/docs.txt 2>&1 || { cat build/docs.txt; exit 1; }
	@echo 'The site: build/site/index.html'

e2e: $(E2E) $(COMPILED)  ## the page in a real browser: needs Chromium (apt-get install chromium)
	@$(BIN)/python -m pytest -m e2e $(ARGS) tests/e2e

pictures: $(E2E) $(COMPILED)  ## draw docs/pictures anew: each part of the page, in Chromium, some minutes
	@$(BIN)/python -m pytest $(ARGS) tests/e2e/pictures.py

check: $(DEV)  ## lint, format, types, the order of the rooms, spelling and plain words
	@mkdir -p build
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --diff --quiet . || { echo 'Not formatted yet: make format'; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo >build/rooms.txt 2>&1 || { cat build/rooms.txt; exit 1; }
	@$(BIN)/codespell
	@$(BIN)/python tests/docs/plain_words.py

format: $(DEV)  ## format the code and sort its imports
	@$(BIN)/ruff check --quiet --select I --fix .
	@$(BIN)/ruff format --quiet .

validate: $(DEV) $(COMPILED)  ## every test, with the heavy theory and evidence checks; writes docs/validation.md (a part: build/)
	@mkdir -p build
	@$(BIN)/python -m pytest -n auto -m "not e2e" -o junit_family=xunit1 --junitxml=build/validation.xml $(ARGS); ended=$$?; \
	[ $$ended -le 1 ] || exit $$ended; \
	$(BIN)/python tests/validation/validation_table.py build/validation.xml $(if $(ARGS),build,docs)/validation.md && \
	exit $$ended

bench: $(BENCH) $(COMPILED)  ## time this simulator against others, about ten minutes; writes docs/performance.md
	@$(BIN)/python -m benchmarks $(ARGS)

setup: $(DEV) $(COMPILED)  ## only make .venv, with the test tools

lock: $(UV)  ## rewrite locks/ from pyproject.toml; newest versions with ARGS=--upgrade
	@$(COMPILE) --extra dev --extra app --output-file locks/dev.txt $(ARGS) pyproject.toml
	@$(COMPILE) --extra app --extra word --constraints locks/dev.txt --output-file locks/app.txt $(ARGS) pyproject.toml
	@$(COMPILE) --extra e2e --constraints locks/dev.txt --output-file locks/e2e.txt $(ARGS) pyproject.toml
	@$(COMPILE) --extra docs --constraints locks/dev.txt --output-file locks/docs.txt $(ARGS) pyproject.toml
	@$(COMPILE) --extra bench --constraints locks/dev.txt --output-file locks/bench.txt $(ARGS) pyproject.toml
	@$(COMPILE) --extra mutate --constraints locks/dev.txt --output-file locks/mutate.txt $(ARGS) pyproject.toml
	@printf '%s\n' hatchling cython setuptools | \
	$(COMPILE) --constraints locks/dev.txt --output-file locks/run.txt $(ARGS) pyproject.toml -
	@for tool in ziglang cibuildwheel; do echo $$tool | $(COMPILE) --output-file locks/$$tool.txt $(ARGS) - || exit 1; done

# One set of versions for every supported Python; names, versions and hashes only.
COMPILE = $(UV) pip compile --quiet --no-config --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links

# The oldest Python that is supported, since a newer one has no wheels of such versions.
lowest: $(UV)  ## the tests with the lowest versions that pyproject.toml allows, in build/lowest; on Python 3.11
	@$(UV) venv --quiet --no-config --clear --python python3.11 build/lowest
	@$(UV) pip install --quiet --no-config --python build/lowest/bin/python --resolution lowest-direct -e '.[dev,app]' 'cython>=3.1' setuptools
	@build/lowest/bin/python -m pytest -n auto -m "not heavy and not e2e" $(ARGS)

mutate: $(MUTATE)  ## break the code on purpose in 200 places, one at a time: do its own tests notice? About an hour
	@$(BIN)/python tests/mutation $(ARGS)

wheel: $(DEV)  ## build the wheel into dist/
	@$(BIN)/pyproject-build --wheel --no-isolation --outdir dist . >/dev/null && ls dist/*.whl

clean:  ## remove .venv, builds and caches; outputs/ stays
	@rm -rf $(VENV) build dist sim/service/_compiled .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './outputs/*' -prune -exec rm -rf {} +

$(UV):
	@$(PYTHON) -m venv build/lock-env
	@build/lock-env/bin/pip install --quiet 'uv>=0.8'

# --- set-up -----------------------------------------------------------------------------------------------------

# A PYTHON that is asked for (make test PYTHON=python3.13) and is not the one in .venv makes .venv anew.
VERSION = -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) $(VERSION)),$(shell $(BIN)/python $(VERSION)))
$(MADE): FORCE
endif
endif

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || \
	{ echo 'Python 3.11, 3.12 or 3.13 is needed, and PYTHON=$(PYTHON) is not one: make PYTHON=python3.12 ...' >&2; exit 1; }
	@echo 'Setting up .venv (first time, about a minute) ...'
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUN): locks/run.txt pyproject.toml $(MADE)
	@if [ -e $@ ]; then echo 'Updating .venv ...'; fi
	@$(PIP) --require-hashes -r locks/run.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# Without a C compiler, or with none to be had, the Hub runs uncompiled: one line says so, and it is not tried again
# until the source changes.
$(COMPILED): sim/compiled.py sim/hints.py $(wildcard sim/service/*.py) hatch_build.py $(RUN)
	@$(BIN)/python hatch_build.py
	@touch $@

$(APP): locks/app.txt $(RUN)
	@$(PIP) --require-hashes -r locks/app.txt
	@touch $@

$(E2E): locks/e2e.txt $(DEV)
	@$(PIP) --require-hashes -r locks/e2e.txt
	@touch $@

$(DOCS): locks/docs.txt $(DEV)
	@$(PIP) --require-hashes -r locks/docs.txt
	@touch $@

$(DEV): locks/dev.txt $(RUN)
	@$(PIP) --require-hashes -r locks/dev.txt
	@touch $@

$(BENCH): locks/bench.txt $(DEV)
	@$(PIP) --require-hashes -r locks/bench.txt
	@touch $@

$(MUTATE): locks/mutate.txt $(DEV)
	@$(PIP) --require-hashes -r locks/mutate.txt
	@touch $@
