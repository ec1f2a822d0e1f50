# What a person types; CI types `make check` too. Needs python3 >= 3.11 with pip, and make. `make help` lists the rest.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev system fmt lint types arch test test-sqlite test-pg cover soak bench migrate revision verify-ledger check lock messages vendor clean

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= auto
T ?=

help:  ## Print this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-14s %s\n", $$1, $$2 }'

# ---- use ----------------------------------------------------------------------------------------------------------

run: setup  ## Start on http://127.0.0.1:8000 (PORT=, ASSETS_…=), with a demonstration fleet when the database is empty
	@$(BIN)/assets-service migrate --new
	@$(BIN)/assets-service demo --if-empty
	@exec $(BIN)/assets-service serve --host $(HOST) --port $(PORT)

migrate: setup  ## Bring the database up to date
	@$(BIN)/assets-service migrate

verify-ledger: setup  ## Check every hash chain in the database; names the first broken entry
	@$(BIN)/assets-service verify

# ---- work ---------------------------------------------------------------------------------------------------------

check: lint types arch test  ## All that CI asks: lint, types, architecture, the whole suite

lint: setup-dev  ## ruff: every rule, and the format; the shape of stylesheets and scripts
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/python .ci/beautify.py --check

fmt: setup-dev  ## Format code, stylesheets and scripts, and mend what ruff can mend
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix
	@$(BIN)/python .ci/beautify.py

types: setup-dev  ## mypy --strict
	@$(BIN)/mypy

arch: setup-dev  ## Who may import whom
	@$(BIN)/lint-imports

test: setup-dev system  ## The whole suite on both databases, or one part: make test T=tests/custody
	@$(BIN)/pytest -n $(JOBS) --db both $(T)

test-sqlite: setup-dev  ## The suite on SQLite only
	@$(BIN)/pytest -n $(JOBS) --db sqlite $(T)

test-pg: setup-dev  ## The suite on PostgreSQL only: from a wheel, or TEST_POSTGRES_URL=
	@$(BIN)/pytest -n $(JOBS) --db postgresql $(T)

cover: setup-dev system  ## The suite on SQLite, and which branches it never took
	@$(BIN)/pytest -n $(JOBS) --db sqlite --cov --cov-report=term $(T)

SOAK ?= 20
soak: setup-dev system  ## The long runs, on both databases: kills under writers, random walks, tampering (SOAK=20 times as long as in check)
	@SOAK=$(SOAK) $(BIN)/pytest -s --db both tests/faults/test_kills.py tests/custody/test_replay.py tests/seals/test_tampering.py

bench: setup-dev  ## Measurements, printed; one of them: make bench T=tests/bench/bench_labels.py
	@for each in $(or $(T),$(wildcard tests/bench/bench_*.py)); do echo "== $$each"; $(BIN)/python $$each || exit 1; done

revision: setup-dev  ## A new migration from what the models say: make revision m="adds …"
	@test -n "$(m)" || { echo 'Say what it does: make revision m="adds …"' >&2; exit 2; }
	@$(BIN)/python -m migrations revision "$(m)"

# Calls that say something to a person, and which argument is the sentence.
SAYING = phrase LabelError StockError Word Broken:4 FieldProblem:2 invalid:2 FieldIssue:2 RowProblem:3 BadCellError RowError:3
CATALOGUES ?= assets_service/web/translations
SENTENCES ?= build/messages.pot

messages: setup-dev  ## Collect every sentence for translation, and compile what is translated
	@mkdir -p $(dir $(SENTENCES))
	@$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --keywords "$(SAYING)" --add-location file --sort-output \
		--width 120 --output-file $(SENTENCES) assets_service labels
	@$(BIN)/pybabel --quiet update --input-file $(SENTENCES) --output-dir $(CATALOGUES) --locale id --width 120 \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/pybabel --quiet compile --directory $(CATALOGUES)

vendor: setup-dev  ## Fetch the pages' JavaScript again and write its checksums (maintainers)
	@$(BIN)/python -m assets_service.web.vendor

lock: setup-dev  ## Write both lock files again from pyproject.toml (maintainers)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(UV) --group build --extra postgres --output-file requirements.lock
	@$(UV) --group build --extra postgres --group test --group lint --constraint requirements.lock \
		--output-file requirements-dev.lock

# One lock for every system and Python; hashes, and no addresses, so that any index or mirror serves it.
UV = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	--no-config --custom-compile-command 'make lock' $(LOCKFLAGS) pyproject.toml

clean:  ## Remove caches and what was built; the data in var/ and the environment stay
	@rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# ---- the environment ----------------------------------------------------------------------------------------------

setup: $(VENV)/.run  ## The environment to run in, from requirements.lock

setup-dev: $(VENV)/.dev  ## The environment to work in, from requirements-dev.lock

system:  ## Chromium and LibreOffice, for the tests that need them: installed when root on Debian, else the command is printed
	@wanted=""; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
		wanted="$$wanted chromium"; \
	$(PYTHON) -c "import ctypes; ctypes.CDLL('libatomic.so.1')" 2>/dev/null || wanted="$$wanted libatomic1"; \
	command -v soffice >/dev/null || command -v libreoffice >/dev/null || wanted="$$wanted libreoffice-calc-nogui"; \
	if [ -n "$$wanted" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing for the tests: $$wanted …"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $$wanted </dev/null >/dev/null; \
	elif [ -n "$$wanted" ]; then \
		echo "Some tests will be skipped. To run them, as root: apt-get install $$wanted"; \
	fi

# Debian's python3 may lack python3-venv: then the environment starts without pip, and the system's pip fills it.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: apt-get install python3 python3-pip" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m pip --version >/dev/null 2>&1 || \
		{ rm -rf $(VENV); echo "pip is needed: apt-get install python3-pip" >&2; exit 1; }

# Python compiles what is imported when it first is; compiling all that is installed takes as long as the rest of the installing.
define install
	@echo "Installing $(1) into $(VENV) …"
	@pip="$(BIN)/python -m pip"; $$pip --version >/dev/null 2>&1 || pip="$(PYTHON) -m pip --python $(BIN)/python"; \
	$$pip install $(QUIETLY) --no-compile --prefer-binary --require-hashes --requirement $(1)
endef
QUIETLY := --quiet --disable-pip-version-check --no-input --root-user-action=ignore

$(VENV)/.run: requirements.lock $(BIN)/python
	$(call install,requirements.lock)
	@$(BIN)/python -m pip install $(QUIETLY) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(call install,requirements-dev.lock)
	@touch $@
