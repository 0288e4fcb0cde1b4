# Every target works in a fresh clone: it first makes the .venv that it needs.
# `make` alone prints the targets. README.md explains the first steps.

PYTHON ?= python3
PY := .venv/bin/python

# What a person types after MANIFEST= is a name, never a piece of this file or of a shell. $(value) takes it
# unread, the environment carries it, and the recipe quotes it. Without the first two lines make itself would
# expand it on the way.
unexport MANIFEST PORT SEED SPEED FORMAT
MAKEOVERRIDES :=
export CARE_EXPORT_MANIFEST := $(value MANIFEST)
export CARE_EXPORT_PORT := $(value PORT)
export CARE_EXPORT_SEED := $(value SEED)
export CARE_EXPORT_SPEED := $(value SPEED)
export CARE_EXPORT_FORMAT := $(value FORMAT)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help export plan collect status validate verify sandbox generate check-generated lint tools test test-slow bench-schedule wheel check docs build clean always

help:
	@echo 'make export MANIFEST=q1.yaml    carry out a manifest: files and lock; the same again resumes'
	@echo 'make plan MANIFEST=q1.yaml      show what would be asked and written; offline'
	@echo 'make status MANIFEST=q1.yaml    show where every file stands; works beside a run'
	@echo 'make collect MANIFEST=q1.yaml   fetch the files of jobs that are under way; make none'
	@echo 'make validate MANIFEST=q1.yaml  show every problem of a manifest with its place; offline'
	@echo 'make verify MANIFEST=q1.yaml    check the files against the lock; offline'
	@echo 'make sandbox PORT=8080          serve the stand-in of the vendor (also SEED=, SPEED=)'
	@echo 'make generate                   compile specs/ into generated/, and docs/errors.md from the code'
	@echo 'make check-generated            fail where generated/ or docs/errors.md is out of date'
	@echo 'make lint                       ruff, mypy and the order of imports'
	@echo 'make tools                      Newman, for the tests that ask it; needs Node and npm'
	@echo 'make test                       every test, with branch coverage'
	@echo 'make test-slow                  break the engine in every way; open the report in a browser'
	@echo 'make bench-schedule             the scheduler beside its lower bound and other ways; also FORMAT=json'
	@echo 'make check                      lint, check-generated, the built wheel, test: what CI runs'
	@echo 'make docs                       the pages of docs/, into site/; fails on any warning'
	@echo 'make build                      the wheel and the source archive, into dist/'
	@echo 'make clean                      remove .venv, node_modules, caches, dist/ and site/; exports and the journal stay'

# MANIFEST is a path, or a name under manifests/.
verb = @test -n "$$CARE_EXPORT_MANIFEST" || { echo 'which manifest? make $@ MANIFEST=q1.yaml' >&2; exit 2; }; \
	exec $(PY) -m runner $(1) -- "$$CARE_EXPORT_MANIFEST"

export: | .venv/.run
	$(call verb,run)

plan: | .venv/.run
	$(call verb,plan)

status: | .venv/.run
	$(call verb,status)

collect: | .venv/.run
	$(call verb,collect)

validate: | .venv/.run
	$(call verb,validate)

verify: | .venv/.run
	$(call verb,verify)

sandbox: | .venv/.run
	@exec $(PY) -m runner sandbox \
		$${CARE_EXPORT_PORT:+"--port=$$CARE_EXPORT_PORT"} \
		$${CARE_EXPORT_SEED:+"--seed=$$CARE_EXPORT_SEED"} \
		$${CARE_EXPORT_SPEED:+"--speed=$$CARE_EXPORT_SPEED"}

generate: | .venv/.dev
	@$(PY) specs/generate.py
	@$(PY) docs/generate.py

check-generated: | .venv/.dev
	@$(PY) specs/generate.py --check
	@$(PY) docs/generate.py --check

lint: | .venv/.dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo

# Tests that ask a program which is not here are skipped; in a CI they fail. What comes as a package of Debian,
# .ci/run installs. npm writes its stamp last.
newman := tests/node/node_modules/.package-lock.json

tools: $(newman)

$(newman): tests/node/package.json tests/node/package-lock.json
	@command -v npm >/dev/null || { echo 'npm is missing; on Debian and Ubuntu: apt-get install nodejs npm' >&2; exit 2; }
	@npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# A run in a CI speaks to it; the runs of the tests have nothing to say to the one that they are in.
outside_ci := env -u GITHUB_ACTIONS -u GITLAB_CI

test: | .venv/.dev
	$(outside_ci) $(PY) -m pytest -q -n 2 --dist worksteal --cov=runner --cov-branch --cov-fail-under=100

test-slow: | .venv/.dev
	$(outside_ci) $(PY) -m pytest -q -n 2 --dist worksteal tests/crash tests/browser

bench-schedule: | .venv/.dev
	@$(PY) -m bench.schedule "$${CARE_EXPORT_FORMAT:-table}"

wheel: | .venv/.dev
	@sh tests/wheel.sh

# The tests come last, so that their closing line is the last thing seen.
check: lint check-generated wheel test

# No address leads in here from outside: what the pages link to is listed, not fetched.
docs: | .venv/.docs
	@.venv/bin/properdocs build --strict
	@$(PY) docs/links.py site
	@echo 'site/index.html is the first page'

build: | .venv/.dev
	$(PY) -m hatchling build

clean:
	rm -rf .venv tests/node/node_modules dist build site htmlcov .coverage .coverage.* .pytest_cache .mypy_cache \
		.ruff_cache .import_linter_cache .hypothesis
	find runner generated specs tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp stands only beside a whole .venv: it is taken away before anything changes and comes back last. So a
# set-up that was cut off, a lock that moved on, and a .venv whose Python is gone are all made anew.
alive := $(shell $(PY) -c '' 2>/dev/null && echo yes)

.venv/.run: requirements/run.lock $(if $(alive),,always)
	$(call set_up,run,20,--clear)

# The lock of the developers holds all that the other one holds. It goes on top where the other is whole.
.venv/.dev: requirements/dev.lock $(if $(alive),,always)
	$(call set_up,dev,45,$$(test .venv/.run -nt requirements/run.lock || echo --clear))
	@touch .venv/.run

# Who writes no pages needs no program for them: it has a lock of its own, and goes on top of what is there.
.venv/.docs: requirements/docs.lock $(if $(alive),,always) | .venv/.run
	$(own)
	@rm -f $@; $(call install,docs)
	@touch $@

# A lock is whole, so nothing is resolved again: pip would look at versions that are newer than the lock, and an
# older pip gives up where one of them is asked for with an extra.
install = $(PY) -m pip install -qq --no-input --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
	--requirement requirements/$(1).lock && { missing=$$($(PY) -m pip check 2>&1) || { echo "$$missing" >&2; false; }; } || { \
	echo 'the set-up of .venv did not finish; the next make begins it again' >&2; exit 2; }

# venv empties what a link leads to before it finds that it cannot go on, and that may be another checkout's.
own = @test ! -h .venv || { \
	echo '.venv is a link, and to set it up would empty the folder that it leads to. Remove the link (rm .venv), and the' \
	'next make makes one of its own; or run make in the checkout that it leads to' >&2; \
	exit 2; }

define set_up
	$(own)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another one: make PYTHON=python3.12" >&2; \
		exit 2; }
	@echo 'setting up .venv (once, about $(2) s)' >&2
	@clear="$(3)"; rm -f .venv/.run .venv/.dev; $(PYTHON) -m venv $$clear .venv || { \
		echo 'the venv module of $(PYTHON) is missing or broken; on Debian and Ubuntu: apt-get install python3-venv' >&2; \
		exit 2; }
	@$(call install,$(1))
	@$(at_hand)
	@touch .venv/.$(1)
endef

# The command itself, for use from any folder: it takes this checkout's code, and none of the folder it is in.
define at_hand
printf '%s\n' '#!/bin/sh' 'exec "$$(dirname "$$(readlink -f "$$0")")/python" -P -m runner "$$@"' \
	>.venv/bin/care-export; chmod 755 .venv/bin/care-export; \
	$(PY) -c 'import os, sysconfig; \
	open(sysconfig.get_path("purelib") + "/care-export.pth", "w").write(os.getcwd() + "\n")'
endef
