# `make` alone lists the targets. Each of them sets up .venv first.
PYTHON ?= python3
SECONDS ?= 3600
VENV := .venv
READY := $(VENV)/.ready
PYTEST := $(VENV)/bin/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help reproduce check test exhaustive asreview zotero fuzz lint mutants format picture site clean

help:  ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-17s %s\n", $$1, $$2 }'

reproduce: $(READY)  ## Rerun the shipped review: the main job
	$(VENV)/bin/reviewkit reproduce protocols/als_dysbiosis.toml

check: lint  ## While you work: lint, types, contracts and the quick tests (under a minute)
	$(PYTEST) -n auto --quick -m "not slow"

test: lint  ## Before a change is merged: lint, types, contracts and all tests (some ten minutes)
	$(PYTEST) -n auto

exhaustive: $(READY)  ## By hand, for hours: thousands of generated histories, hundreds of killed updates
	$(PYTEST) -n auto --exhaustive -m "hypothesis or exhaustive"

# Its loader needs no more than these; its web server and models are left out.
asreview: $(READY)  ## By hand and in CI: ASReview's own loader reads what is exported (25 MB)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps asreview==3.0.8
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'pandas>=2.2,<3' 'sqlalchemy>=2'
	$(PYTEST) tests/exports/test_peers.py -k asreview_loads

zotero: $(READY)  ## By hand and in CI: Zotero's own translators read what is exported (needs git and node)
	test -d build/translators || git clone --quiet --depth 1 https://github.com/zotero/translators build/translators
	ZOTERO_TRANSLATORS=build/translators $(PYTEST) tests/exports/test_peers.py -k zotero

fuzz: $(READY)  ## By hand: every reader of foreign files, guided by coverage, for SECONDS of processor
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	$(VENV)/bin/python -m tests.helpers.fuzzing $(SECONDS) $(TARGET)

mutants: $(READY)  ## By hand, for hours: break the rules that counts hang on; MODULE=screening/queue for one
	$(VENV)/bin/python tools/try_mutants.py $(MODULE)

lint: $(READY)  ## Linter, formatter's check, types and import contracts
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(READY)  ## Format the code and mend what the linter can mend
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

picture: $(READY)  ## Draw docs/rooms.svg anew from the import graph
	$(VENV)/bin/python tools/draw_rooms.py

site: $(VENV)/.docs  ## Build the site of docs/ into site/; a dead link fails
	PYTHONPATH=. $(VENV)/bin/zensical build --strict --clean

$(VENV)/.docs: $(READY)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $(VENV)/.docs

# Made anew only when pyproject.toml changes, so that the targets work again without a network.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("reviewkit needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

clean:  ## Remove .venv, site/ and the outputs in reviews/
	rm -rf $(VENV) reviews site
