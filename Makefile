# Every target sets up what it needs by itself; `make help` lists them.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test lint lint-code lint-types lint-django fmt shell deps messages cases bench audit missing

PYTHON ?= python3
RUN := $(PYTHON) innovation/local/bootstrap.py
RUN_DEV := $(RUN) --development
BIN := .venv/bin/python
CASES ?=
KINDS ?=
ONLY ?=
SCALE ?= 1
TESTS ?=

define need_python
@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is missing. Install it, then run the same command again:"; \
	echo "    sudo apt-get install -y python3 python3-venv"; exit 1; }
endef

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

demo:  ## the whole product with a demonstration city; Ctrl-C stops it, the data stays
	$(need_python)
	@exec $(RUN) -m innovation.local.demo

demo-reset:  ## the same on fresh data
	$(need_python)
	@exec $(RUN) -m innovation.local.demo --reset

test:  ## the whole suite, on servers of its own or on DATABASE_URL and REDIS_URL; TESTS=path for a part
	$(need_python)
	@exec $(RUN_DEV) -m pytest -n 3 --dist loadgroup $(TESTS)

lint:  ## style, templates, import contracts, types, migrations, deployment checks, translations
	$(need_python)
	@exec $(RUN_DEV) -m innovation.local.lint

fmt:  ## put code and templates into the house's form
	$(need_python)
	@$(RUN_DEV) -m ruff check --fix-only --quiet . && $(BIN) -m ruff format .

shell:  ## a Python shell on the demonstration's data, whether it runs or not
	$(need_python)
	@exec $(RUN) -m innovation.local.command shell

manage:  ## any Django command on the demonstration's data: make manage ARGS="showmigrations funds"
	$(need_python)
	@exec $(RUN) -m innovation.local.command $(ARGS)

messages:  ## add new strings to the translation catalogues, drop unused ones, count what is left to translate
	$(need_python)
	@INNOVATION_MODE=demo exec $(RUN) -W ignore manage.py messages $(APPS)

deps:  ## compile requirements/*.in to pinned, hashed lists with the newest allowed versions
	$(need_python)
	@exec $(RUN_DEV) -m innovation.local.deps

audit:  ## look the pinned packages up in the list of known holes
	$(need_python)
	@exec $(RUN_DEV) -m pip_audit --require-hashes --disable-pip -r requirements.txt

cases:  ## run reference cases: make cases CASES=file-or-folder KINDS="loss_rate uscc"
	$(need_python)
	@test -n "$(CASES)" || { echo 'Say which: make cases CASES=tests/reference/cases/funds.json KINDS="loss_rate mixed_cap"'; exit 2; }
	@exec $(RUN_DEV) -m tests.reference "$(CASES)" $(if $(KINDS),--kinds "$(KINDS)")

bench:  ## measure; ONLY=tolerance/ for a part, SCALE=0.01 for a small city; writes benchmarks/results.json
	$(need_python)
	@exec $(RUN_DEV) -m benchmarks --scale $(SCALE) $(ONLY)

missing:  ## what this machine lacks for the optional layers (browser journeys, Chinese fonts)
	@.ci/run --missing
