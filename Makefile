# Few verbs; each sets up what it needs, in .venv and within constraints.txt. `make` alone lists them.
# Kept to what GNU make 3.81 knows, because that is what macOS has.
#
#   make demo IMAGE=photo.jpg   any picture instead of the model's example
#   make test ARGS=tests/types  what follows ARGS= goes to the tool behind the verb
#   make PYTHON=/path/python    another Python than the one that is found
#   make studio ARGS="--port 0" what follows goes to `gesso studio`

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --quiet --disable-pip-version-check
PYTHON ?=
IMAGE ?=
OUT ?= pose.png
ARGS ?=

# In CI a test that fails is run once more: browsers and killed processes on two busy cores. It is named if it passes.
RERUN := $(if $(CI),--reruns 1 --reruns-delay 2 -rR)

# In CI `make check` has run the rules of the house already.
HOUSE := $(if $(CI),tests/house)

# Some systems tell Python to keep nothing that it has compiled. The tests start it some thousand times.
unexport PYTHONDONTWRITEBYTECODE

# Tests with a browser run by themselves: its event loop disturbs others.
BROWSER := tests/clients tests/docs/test_clients.py tests/studio

# The studio is written in studio/ and built into WEB, where the server finds it and from where the wheel takes it.
WEB := src/gesso/server/web
NPM := npm --prefix studio --silent
HAS_NODE := $(shell node -e "const [a, b] = process.versions.node.split('.'); if (a > 20 || (a == 20 && b >= 19)) console.log('yes')" 2> /dev/null)
NO_NODE := Node 20.19 or newer is not here. Get it from https://nodejs.org
STUDIO_FILES := $(shell find studio -name node_modules -prune -o -name dist -prune -o -name tests -prune -o -type f -print 2> /dev/null)

.PHONY: help studio demo test check soak fix bench bench-text build clean
.DEFAULT_GOAL := help

help:
	@echo "Gesso: a ground for machine-learning models, for people who make things."
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F '|' '{ printf "  make %-10s %s\n", $$1, $$2 }'

studio: $(VENV)/.studio $(WEB)/index.html ## set everything up, start Gesso and open the studio in the browser
	@$(BIN)/gesso studio $(ARGS)

demo: $(VENV)/.studio ## show the pose of a person: in an example photo, or in yours with IMAGE=photo.jpg
	@if [ -n "$(IMAGE)" ]; then $(BIN)/gesso run pose -i "image=@$(IMAGE)" -o "$(OUT)"; \
	else $(BIN)/gesso run pose --example -o "$(OUT)"; fi

test: $(VENV)/.dev $(if $(HAS_NODE),$(WEB)/index.html) ## run every test
	@echo "Running the tests"
	@$(if $(HAS_NODE),$(if $(ARGS),:,$(NPM) run test),echo "$(NO_NODE); the tests of the studio are left out.")
	@$(BIN)/python -m pytest $(RERUN) -n logical --maxprocesses 8 --dist worksteal $(if $(ARGS),$(ARGS),$(patsubst %,--ignore=%,$(BROWSER) $(HOUSE)))
	@$(if $(ARGS),:,$(BIN)/python -m pytest $(RERUN) -n 2 --dist loadfile $(BROWSER))

TYPES := check-types-linux check-types-darwin check-types-win32
CHECKS := $(TYPES) check-studio check-form check-floors check-rules
.PHONY: $(CHECKS)

check: $(VENV)/.dev $(if $(HAS_NODE),studio/node_modules/.made) ## check form, lint, types, the floors of the house and its rules
	@$(MAKE) --no-print-directory -j 2 $(CHECKS)

check-form:
	@echo "Form and lint (ruff)"
	@$(BIN)/ruff format --quiet --check . || { echo "Some files are not in form: run 'make fix'."; exit 1; }
	@$(BIN)/ruff check --quiet .

$(TYPES): check-types-%:
	@echo "Types (mypy), on $*"
	@$(BIN)/mypy --no-error-summary --platform $* --cache-dir .mypy_cache/$* $(if $(filter linux,$*),,src)

check-floors:
	@echo "Floors of the house (import-linter)"
	@$(BIN)/lint-imports --no-logo

check-studio:
	@echo "The studio's types and lint (tsc, eslint)"
	@$(if $(HAS_NODE),$(NPM) run types && $(NPM) run lint,echo "$(NO_NODE); they are left out.")

check-rules:
	@echo "Rules of the house (tests/house)"
	@$(BIN)/python -m pytest -q tests/house

soak: $(VENV)/.dev ## mix models, clients, cancels, kills and broken inputs for a minute, or ARGS="--seconds 600"
	@$(BIN)/python -m tests.soak $(ARGS)

fix: $(VENV)/.dev ## put the form right, and what lint can mend by itself
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev ## measure, and print the figures; ARGS=overhead or another part alone is quick
	@$(BIN)/python -m benchmarks $(ARGS)

bench-text: $(VENV)/.dev ## measure text models beside CTranslate2, transformers and nanoGPT; ARGS=generation is a part of it, ARGS="voices --help" the longest
	@$(BIN)/python -m benchmarks text $(ARGS)

build: $(VENV)/.dev $(WEB)/index.html ## make the wheel and the source archive in dist/
	@rm -rf dist
	@echo "Building"
	@$(BIN)/python -m build --no-isolation --outdir dist > build.log 2>&1 || { cat build.log; rm -f build.log; exit 1; }
	@rm -f build.log
	@ls dist/*

clean: ## remove what make made: .venv, dist and caches. Pictures and your own models stay
	@rm -rf $(VENV) $(WEB) dist studio/node_modules studio/dist .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(WEB)/index.html: $(STUDIO_FILES) studio/node_modules/.made
	@echo "Building the studio (a minute the first time)"
	@$(NPM) run build -- --logLevel warn --outDir ../$(WEB) --emptyOutDir
	@touch $@

# Each stamp says that a step is done. A step that breaks off leaves none and is done again.

studio/node_modules/.made: studio/package-lock.json
	@test -n "$(HAS_NODE)" || { echo "$(NO_NODE)." \
		"Only building the studio needs it: a wheel of Gesso has the studio in it." >&2; exit 1; }
	@echo "Fetching what the studio is built with"
	@test ! -L studio/node_modules || rm studio/node_modules # npm would empty what a link leads to
	@$(NPM) ci
	@touch $@

$(VENV)/.made:
	@for name in $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3.13 python3 python); do \
		if "$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' > /dev/null 2>&1; then \
			echo "Making an environment in $(VENV) with $$("$$name" --version)"; \
			"$$name" -m venv $(VENV) || { echo "This Python cannot make one. On Debian or Ubuntu:" \
				"sudo apt install python3-venv"; exit 1; }; \
			$(PIP) install --upgrade "pip>=25.1" || exit 1; \
			touch $@; exit 0; \
		fi; \
	done; \
	echo "Gesso needs Python 3.11, 3.12 or 3.13, and finds none$(if $(PYTHON), at $(PYTHON))." >&2; \
	echo "Get one from https://www.python.org/downloads/, or say where yours is: make PYTHON=/path/to/python" >&2; \
	exit 1

$(VENV)/.studio: pyproject.toml constraints.txt $(VENV)/.made
	@echo "Installing Gesso (a minute the first time)"
	@$(PIP) install --constraint constraints.txt --editable '.[studio]'
	@touch $@

$(VENV)/.dev: $(VENV)/.studio
	@echo "Installing what checks and tests need"
	@$(PIP) install --constraint constraints.txt --editable '.[studio]' --group dev
	@touch $@
