# Everything lives in .venv and var, beside this file. PYTHON=/path/to/python chooses the interpreter.

SHELL := /bin/sh
VENV := .venv
PIP := pip==26.3
ARGS ?=

# A bare name is not enough: version managers leave names behind that do not run.
PYTHONS := python3.13 python3.12 python3.11 python3

.DEFAULT_GOAL := help
.PHONY: help run test chaos bench lint format

help: ## lists what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-15s %s\n", $$1, $$2 }'

run: ## starts everything and prints the address (PORT=8001 for another port)
	@$(call install,demo)
	@exec $(VENV)/bin/python -m gateway run

test: ## runs all tests on real Redis, SQLite and PostgreSQL (ARGS="-k words" for some)
	@$(call install,dev)
	@$(VENV)/bin/python -m pytest -n auto $(ARGS)

chaos: ## kills every process again and again for ten minutes (CHAOS_SECONDS, CHAOS_RESIDENTS, CHAOS_SEED)
	@$(call install,dev)
	@CHAOS_SECONDS=$${CHAOS_SECONDS:-600} CHAOS_RESIDENTS=$${CHAOS_RESIDENTS:-5} $(VENV)/bin/python -m pytest tests/crash

bench: ## measures sending, claiming, taking SMS, dialling, growing and starting (ARGS="claim incoming hops growth start" for some)
	@$(call install,dev)
	@$(VENV)/bin/python -m tests.bench $(ARGS)

lint: ## checks style and types
	@$(call install,dev)
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy

format: ## puts the code into the one format
	@$(call install,dev)
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

# Makes the virtual environment with one group of pyproject.toml, and again only when what is wanted has changed.
define install
set -eu; \
wanted=$$(cat requirements.txt pyproject.toml | cksum); \
if [ "$$wanted" = "$$(cat $(VENV)/installed-$(1) 2>/dev/null)" ] && $(VENV)/bin/python -c '' 2>/dev/null; then exit 0; fi; \
if ! $(VENV)/bin/python -m pip --version >/dev/null 2>&1; then \
	found=; lacking=; \
	for python in "$${PYTHON:-}" $(PYTHONS); do \
		[ -n "$$python" ] || continue; \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if "$$python" -c 'import venv, ensurepip' 2>/dev/null; then found=$$python; break; fi; \
		lacking=$${lacking:-$$python}; \
	done; \
	if [ -z "$$found" ] && [ -n "$$lacking" ]; then \
		echo "$$lacking cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; \
	elif [ -z "$$found" ]; then \
		echo "Hatua needs Python 3.11 or newer. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$found ..."; \
	"$$found" -m venv --clear $(VENV); \
fi; \
echo "Installing what requirements.txt and pyproject.toml name ..."; \
pip="$(VENV)/bin/python -m pip --disable-pip-version-check"; \
$$pip install --quiet --upgrade '$(PIP)'; \
$$pip install --quiet -r requirements.txt --group $(1); \
if [ $(1) = dev ]; then echo "$$wanted" >$(VENV)/installed-demo; fi; \
echo "$$wanted" >$(VENV)/installed-$(1)
endef
