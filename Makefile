# Every target is one call; without make, run the same line by hand.
PYTHON ?= python3
PY := .venv/bin/python
RUN := .venv/.stamp-run
DEV := .venv/.stamp-test

.PHONY: help run test check lint e2e bench soak requirements contract-node lock assets screenshots clean

help:
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(RUN): requirements/run.txt requirements/bootstrap.txt
	@$(PYTHON) scripts/install.py run

$(DEV): requirements/dev.txt requirements/bootstrap.txt
	@$(PYTHON) scripts/install.py dev

run: $(RUN) ## start web, worker and local org with the demo store; Ctrl-C stops all
	@exec $(PY) -m scripts.run

test: $(DEV) ## the whole gate
	@$(PY) -m scripts.gate test

check: $(DEV) ## static gate and fast tests, under three minutes
	@$(PY) -m scripts.gate check

lint: $(DEV) ## static gate alone
	@$(PY) -m scripts.gate lint

e2e: $(DEV) ## browser tests alone
	@$(PY) -m scripts.gate e2e

bench: $(DEV) ## speed, on PostgreSQL and SQLite; writes bench.json
	@$(PY) -m scripts.bench

soak: $(DEV) ## load, races and faults in full; writes soak.json
	@$(PY) -m scripts.soak

requirements: $(DEV) ## the ids of the contract with the tests that prove them
	@$(PY) -m scripts.requirements

lock: $(DEV) ## rewrite the lock files from pyproject.toml
	@$(PY) -m scripts.lock

screenshots: $(DEV) ## pictures of the main pages, both widths, both themes
	@$(PY) -m scripts.screenshots

assets: ## vendored files, fonts, icons and demo pictures (needs Node)
	cd assets && npm ci && node render-demo.mjs && node vendor.mjs

contract-node: $(DEV) ## the contract tests with Node clients (needs Node)
	@$(PY) -m scripts.gate contract-node

clean: ## remove what was installed or made, but not var/
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache htmlcov .coverage bench.json soak.json
