# The README's two commands are `make lab` and `make test`. `make check` is the quick loop while you work.
PYTHON ?= python3
VENV ?= .venv
CONSTRAINTS ?= -c constraints.txt
PORT ?= 8888
BIN := $(VENV)/bin
ROOT := $(shell test "$$(id -u)" = 0 && echo --allow-root)

.PHONY: help lab lab-install test test-python test-chapters test-node test-browser check processors lint types widgets chapters chapters-twice clean

help:  ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ --/'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "locviz needs Python 3.11 or newer; name one: make lab PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "this Python cannot make a virtual environment; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.lab: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check $(CONSTRAINTS) -e '.[lab]'
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt $(VENV)/.lab
	$(BIN)/python -m pip install --disable-pip-version-check -q $(CONSTRAINTS) -e '.[lab,dev,scale]'
	@touch $@

lab-install: $(VENV)/.lab  ## install into .venv without starting anything

# JupyterLab strips the pictures from a notebook that it does not trust; these are the course's own. Its question about
# news would lie over the first chapter: tools/lab_settings answers no, until a learner's own settings say otherwise.
lab: $(VENV)/.lab  ## install and open JupyterLab on the first chapter
	@$(BIN)/jupyter trust chapters/*.ipynb >/dev/null
	$(BIN)/jupyter lab --ip=127.0.0.1 --port=$(PORT) $(ROOT) --ServerApp.root_dir="$(CURDIR)" \
	  --LabApp.app_settings_dir="$(CURDIR)/tools/lab_settings" --LabApp.default_url=/lab/tree/chapters/00_start_here.ipynb

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(VENV)/.dev
	@$(BIN)/pyright || { command -v node >/dev/null || \
	  echo "pyright runs on Node, and brings one only where it can download it: install Node 20 or newer"; exit 1; }

check: lint types  ## lint, types and fast tests: under four minutes
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 -m 'not slow and not browser and not chapters and not gpu'

# Everything that CI runs. Each part runs even where another failed; the last line says which did. Node's part comes
# before Python's: it brings the bundler with which Python compares TypeScript's losses with torch's.
test: $(VENV)/.dev  ## everything that CI runs
	@failed=; \
	for part in lint types test-node test-python test-chapters test-browser; do \
	  echo "== $$part"; $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; \
	done; \
	if [ -n "$$failed" ]; then echo "make test: FAILED:$$failed"; exit 1; fi; echo "make test: all passed"

# The same examples of the property tests every time; `make check` looks for new ones.
test-python: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 --hypothesis-profile=ci -m 'not browser and not chapters'

test-chapters: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m chapters tests/chapters

test-node: $(VENV)/.dev
	@command -v npm >/dev/null || { echo "no Node: install Node 20 or newer (Debian: apt-get install nodejs npm)"; exit 1; }
	npm ci --no-audit --no-fund --loglevel=error
	npm test

processors: $(VENV)/.dev  ## parity and goldens with the kernels and threads of other processors
	$(BIN)/python tools/processors.py

# A real browser on a busy machine can miss a deadline: a test that fails is run once more, and named if it then passes.
# Two files at a time, each with a JupyterLab and a Chromium of its own.
test-browser: $(VENV)/.dev
	@$(BIN)/python tools/browser_ready.py
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --reruns 1 -rR tests/browser

widgets:  ## rebuild the widgets' bundles from their TypeScript
	npm ci --no-audit --no-fund --loglevel=error
	npm run build

chapters: $(VENV)/.dev  ## execute and clean every chapter
	$(BIN)/python tools/chapters.py run

chapters-twice: $(VENV)/.dev  ## execute every chapter twice: what you run before a class
	$(BIN)/python tools/chapters.py run --twice

clean:  ## remove what tests and builds leave behind (the virtual environment stays)
	rm -rf artifacts build dist node_modules .pytest_cache .ruff_cache .hypothesis
