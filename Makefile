# The same verbs for a newcomer, a developer and CI.
VENV   := .venv
PYTHON := $(VENV)/bin/python
PIP    := $(PYTHON) -m pip --disable-pip-version-check --quiet
export WEB_PORT       ?= 8000
export SIMULATOR_PORT ?= 8081

.DEFAULT_GOAL := help
.PHONY: help run test bench check pins clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

$(VENV)/run: requirements.txt
	@echo "Installing what the product needs (once, about a minute) …"
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt
	@echo "Installing what the tests need (once) …"
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

run: $(VENV)/run ## Start the demo clinic: dashboard, bot and simulator (Ctrl-C stops everything)
	@$(PYTHON) -m rehab.start

test: $(VENV)/dev ## Run every check and test, on SQLite and on a real PostgreSQL
	@$(MAKE) --no-print-directory check
	@$(PYTHON) -m pytest -n 2 --dist loadgroup

check: $(VENV)/dev ## Style, types, import law and clinical content
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(PYTHON) -c "from exercises.loader import load; print('content', load().hash[:12])"

bench: $(VENV)/dev ## Measure; one JSON object a line
	@$(PYTHON) -m benchmarks

pins: $(VENV)/dev ## Pin requirements with hashes after a change of a .in file
	@for name in requirements requirements-dev; do \
	  $(VENV)/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-annotate \
	    --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	    --output-file $$name.txt $$name.in; done

clean: ## Remove the virtual environment and the demo's data
	@rm -rf $(VENV) instance
