#!/bin/sh
# Build the wheel, install it where nothing of this folder can help it, and use it from an empty folder.
# It must do there what it does here: the quickstart's lock is the committed one.
set -eu

here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

.venv/bin/python -m hatchling build -t wheel -d "$work/dist" >/dev/null
"${PYTHON:-python3}" -m venv "$work/venv"
pip() { "$work/venv/bin/python" -m pip install -qq --no-input --disable-pip-version-check "$@"; }
pip --require-hashes --no-deps --only-binary :all: --requirement requirements/run.lock
pip --no-deps --no-index "$work"/dist/*.whl
"$work/venv/bin/python" -m pip check

mkdir "$work/empty"
cd "$work/empty"
unset PYTHONPATH
cp "$here/manifests/quickstart.yaml" .
"$work/venv/bin/care-export" --version
"$work/venv/bin/care-export" run quickstart.yaml --progress none
cmp quickstart.lock.json "$here/manifests/quickstart.lock.json"
"$work/venv/bin/care-export" verify quickstart.yaml
"$work/venv/bin/care-export" report quickstart.yaml
grep -q '<h1>quickstart</h1>' quickstart.report.html
"$work/venv/bin/care-export" init first --report author
"$work/venv/bin/care-export" validate first.yaml
test -s care-export.schema.json
"$work/venv/bin/care-export" doctor first.yaml --ask | tail -n 1
echo 'the wheel does in an empty folder what the clone does'
