# make publish   validate the data and write a release to public/ (its environment: .venv)
# make test      check everything a change must pass (its environment: .venv-test)
# make test-all  the same, and the tests that take minutes
# make lock      renew requirements/*.lock from pyproject.toml
# make bench     measure everything beside its peers and record it in docs/benchmarks/ (BENCH="--quick --release FOLDER")
# make bench-check  measure again, and fail when something became slower than the record, in ratios and beyond noise
# make catalogues  renew src/acagraph/web/catalogues/*.po from the texts of the pages
# make clean     remove everything these made but the releases in public/: nothing else has the older ones

PYTHON ?= python3
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
# A build that fails after the swap must not cost the release its manifest.
.PRECIOUS: public/current/manifest.json
.PHONY: publish test test-all check lock catalogues clean bench bench-check

BIN := .venv/bin
TEST_BIN := .venv-test/bin
# What pages load in a browser; only its manifest is named, as the other files carry a hash in their names.
BUILT := src/acagraph/web/built
ASSETS := $(BUILT)/manifest.json
INPUTS := $(shell find data ontology queries shapes src -name __pycache__ -prune -o -path $(BUILT) -prune -o -print) \
	$(wildcard $(ASSETS))

publish: public/current/manifest.json
	@echo "public/current is up to date; $(BIN)/acagraph info tells all it holds"

public/current/manifest.json: .venv/.installed $(INPUTS) | $(ASSETS)
	$(BIN)/acagraph build
	@touch $@

# Without Node.js the pages are plainer: no editor but a text field, and tables without the map.
$(ASSETS): web/build.mjs web/package.json web/package-lock.json $(shell find web/src -type f)
	@if ! command -v node >/dev/null || ! command -v npm >/dev/null; then \
		echo "Without Node.js and npm the SPARQL editor and the map are not built; everything else is"; \
	elif ! (cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null); then \
		echo "npm cannot install what web/ needs: the SPARQL editor and the map are not built; everything else is"; \
	else \
		(cd web && npm run --silent build); \
	fi

test: check
	@$(MAKE) --no-print-directory $(ASSETS)
	$(TEST_BIN)/python -m pytest -n 2 -m "not exhaustive"

test-all: check
	@$(MAKE) --no-print-directory $(ASSETS)
	$(TEST_BIN)/python -m pytest -n 2

check: .venv-test/.installed .venv-test/.system
	$(TEST_BIN)/ruff check
	$(TEST_BIN)/ruff format --check
	$(TEST_BIN)/mypy
	$(TEST_BIN)/lint-imports
	$(TEST_BIN)/acagraph fmt --check

# The locked packages, then the project itself: editable, without asking an index for anything.
define environment
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index \
		--no-build-isolation --editable .
	touch $@
endef

.venv/.installed: requirements/publish.lock pyproject.toml
	@echo "Making the environment .venv (about a minute, once)"
	@$(environment)

.venv-test/.installed: requirements/test.lock pyproject.toml
	@echo "Making the environment .venv-test (about a minute, once)"
	@$(environment)

# HermiT, which judges the ontology, runs on Java; pages are looked at in a browser; clients in JavaScript, which
# ask the service, run on Node.js, and the documentation's with curl; minisign checks our signatures, Apache serves
# a published site, and Virtuoso is one of the stores. Without them those tests are skipped and say why.
.venv-test/.system: .venv-test/.installed tests/clients/package-lock.json
	@missing=; failed=; lacking=; \
	command -v curl >/dev/null || missing="$$missing curl"; \
	command -v java >/dev/null || missing="$$missing default-jre-headless"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v node >/dev/null || missing="$$missing nodejs"; \
	command -v npm >/dev/null || missing="$$missing npm"; \
	command -v minisign >/dev/null || missing="$$missing minisign"; \
	PATH="$$PATH:/usr/sbin" command -v apache2 >/dev/null || missing="$$missing apache2"; \
	command -v virtuoso-t >/dev/null || missing="$$missing virtuoso-opensource-7-bin"; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing$$missing"; \
		apt-get update -qq || failed="$$missing"; \
		for package in $$missing; do \
			[ -n "$$failed" ] || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
				$$package >/dev/null || lacking="$$lacking $$package"; \
		done; \
		failed="$$failed$$lacking"; \
	fi; \
	if command -v npm >/dev/null; then \
		echo "Installing the clients of tests/clients"; \
		(cd tests/clients && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) \
		|| failed="$$failed tests/clients"; \
	fi; \
	if [ -n "$$failed" ]; then \
		echo "not installed:$$failed; the tests that need it will be skipped"; \
	else \
		touch $@; \
	fi

# No address of an index and no path may get into a lock: --no-annotate, --no-header, hashes only.
LOCK = .venv-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	--group editable pyproject.toml

lock: .venv-lock/.installed
	$(LOCK) --extra build --extra import --extra serve --extra sign --extra tables --output-file requirements/publish.lock
	$(LOCK) --extra test --constraint requirements/publish.lock --output-file requirements/test.lock

.venv-lock/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check --group lock
	touch $@

catalogues: .venv-test/.installed
	$(TEST_BIN)/python -m acagraph.web.extraction

BENCH ?=
BENCH_RECORD = $(if $(findstring --quick,$(BENCH)),quick,whole).json

bench: .venv-test/.installed
	$(TEST_BIN)/python benchmarks/suite.py $(BENCH)

bench-check: .venv-test/.installed
	$(TEST_BIN)/python benchmarks/suite.py $(BENCH) --out build/benchmarks
	$(TEST_BIN)/python benchmarks/suite_record.py docs/benchmarks/$(BENCH_RECORD) build/benchmarks/$(BENCH_RECORD)

clean:
	rm -rf .venv .venv-test .venv-lock dist build .*_cache tests/clients/node_modules web/node_modules $(BUILT)
	find . -name __pycache__ -prune -exec rm -rf {} +
