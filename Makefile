# All commands. `make` alone lists them. They need Python 3.11 or newer and nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/python requirements/uv.py
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 $(if $(UPGRADE),--upgrade)

GOLDEN_TESTS := tests/test_recorded.py tests/adapters/test_mentions.py $(wildcard tests/adapters/*/test_render.py tests/adapters/*/test_commands.py tests/adapters/*/test_modal.py)
COPY = $(or $(TMPDIR),/tmp)/syllabot-recipes

# The tests are compiled once and not again in every process.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: $(VENV)/run.stamp ## start Syllabot, or its local room if no platform is configured (prints the address)
	@$(BIN)/syllabot run

.PHONY: doctor
doctor: $(VENV)/run.stamp ## check the setup, and say what is missing: token, rights, database
	@$(BIN)/syllabot doctor

.PHONY: invite
invite: $(VENV)/run.stamp ## print the link that adds Syllabot to a Discord server, and explain each right
	@$(BIN)/syllabot discord invite

.PHONY: manifest
manifest: $(VENV)/run.stamp ## print the manifest for the Slack app, and explain each scope
	@$(BIN)/syllabot slack manifest

.PHONY: test
test: $(VENV)/dev.stamp ## run the tests, on SQLite and on PostgreSQL (make test ARGS="-k join" for some)
	@$(BIN)/pytest -n auto --dist worksteal -m "not long" $(ARGS)

.PHONY: test-all
test-all: $(VENV)/dev.stamp ## run the long tests that make test leaves out (random seasons, kills)
	@$(BIN)/pytest -n auto --dist worksteal -m long $(ARGS)

.PHONY: golden
golden: $(VENV)/dev.stamp ## write the golden files of tests/golden anew; look at the difference before you commit it
	@GOLDEN=1 $(BIN)/pytest -q -n auto $(GOLDEN_TESTS)

.PHONY: test-recipes
test-recipes: $(VENV)/dev.stamp ## run all tests in a copy that holds the examples of the documentation
	@rm -rf $(COPY)
	@$(BIN)/python -m tests.support.recipes $(COPY)
	@ln -s $(CURDIR)/$(VENV) $(COPY)/$(VENV)
	@$(MAKE) -C $(COPY) generated golden check test ARGS="$(ARGS)"
	@rm -rf $(COPY)

.PHONY: coverage
coverage: $(VENV)/dev.stamp ## run the tests and print their branch coverage
	@$(BIN)/pytest -n auto --dist worksteal -m "not long" --cov --cov-report=term:skip-covered $(ARGS)

.PHONY: browser
browser: $(VENV)/dev.stamp ## run only the tests that use a real browser (needs chromium)
	@$(BIN)/pytest -m browser $(ARGS)

.PHONY: check
check: $(VENV)/dev.stamp ## check lint, format, types, import contracts and generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m docs.generate --check

.PHONY: format
format: $(VENV)/dev.stamp ## fix what the linter can fix, and format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: generated
generated: $(VENV)/dev.stamp ## write the generated files again (.env.example, docs/commands.md, roadmaps/_schema.json and _index.json)
	@$(BIN)/python -m docs.generate

.PHONY: pictures
pictures: $(VENV)/dev.stamp ## draw the pictures of Discord in docs/ again (needs chromium)
	@PYTHONPATH=. $(BIN)/python docs/pictures.py $(ARGS)

.PHONY: bench
bench: $(VENV)/dev.stamp ## run the benchmarks and print their ratios (make bench ARGS="commands --save" for one, kept in a file)
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: lock
lock: $(VENV)/uv.stamp ## pin the dependencies of pyproject.toml, with hashes (make lock UPGRADE=1 for newer versions)
	@$(COMPILE) pyproject.toml --output-file requirements/run.txt
	@$(COMPILE) pyproject.toml --group dev --constraint requirements/run.txt --output-file requirements/dev.txt
	@echo 'uv>=0.13,<1' | $(COMPILE) - --output-file requirements/uv.txt

.PHONY: clean
clean: ## remove the installation and every cache; your data stays
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# The stamps record which requirements are installed. So the second run starts at once.
$(VENV)/uv.stamp: requirements/uv.txt
	@sh requirements/python.sh -m venv --clear $(VENV)  # a broken-off install may have left half of its files
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/uv.stamp requirements/dev.txt pyproject.toml
	@echo "Installing what the tests need into $(VENV) (once)"
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements/uv.txt requirements/dev.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-index --editable .
	@touch $(VENV)/run.stamp $@

$(VENV)/run.stamp: $(VENV)/uv.stamp requirements/run.txt pyproject.toml
	@echo "Installing Syllabot into $(VENV) (once)"
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode -r requirements/run.txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-index --editable .
	@touch $@
