# Two commands: `make reproduce` runs the main job, `make test` passes the tests. Both set up .venv first.
PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready

.PHONY: reproduce test lint format clean

reproduce: $(READY)
	$(VENV)/bin/reviewkit reproduce protocols/als_dysbiosis.toml

test: lint
	$(VENV)/bin/python -m pytest -n auto

lint: $(READY)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(READY)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

# Made anew only when pyproject.toml changes, so that both commands work again without a network.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("reviewkit needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

clean:
	rm -rf $(VENV) reviews
