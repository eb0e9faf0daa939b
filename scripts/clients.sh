#!/usr/bin/env bash
# Real clients in JavaScript and Python through Louter, on both backends; the
# versions are pinned in conformance/clients. FILTER chooses by a part of
# "CLIENT BACKEND SCENARIO".
set -euo pipefail
cd "$(dirname "$0")/.."
src=conformance/clients work=$PWD/.tmp/clients
mkdir -p "$work/js" bin
go build -o bin/louter ./cmd/louter
go build -o bin/clients "./$src"

# fresh DIR LOCK: what DIR holds was installed by this very lock file.
fresh() { cmp -s "$2" "$1/installed.lock"; }

if ! fresh "$work/js" "$src/js/package-lock.json"; then
  cp "$src/js/package.json" "$src/js/package-lock.json" "$src/js/.npmrc" "$work/js/"
  (cd "$work/js" && npm ci --ignore-scripts >npm.log 2>&1) || { cat "$work/js/npm.log"; exit 1; }
  cp "$src/js/package-lock.json" "$work/js/installed.lock"
fi
ln -sfn "$work/js/node_modules" "$src/js/node_modules"
# Where the package registry has no Node for the system, the machine's own.
node=$(find "$work/js/node_modules" -maxdepth 3 -path '*/node-*/bin/node' -type f | head -n 1)
node=${node:-$(command -v node || true)}
[ -n "$node" ] || { echo "no Node 22 or later" >&2; exit 1; }

if ! fresh "$work/python" "$src/python/requirements.txt"; then
  rm -rf "$work/python"
  python3 -m venv "$work/python"
  "$work/python/bin/pip" install -q --disable-pip-version-check --only-binary :all: --require-hashes -r "$src/python/requirements.txt"
  cp "$src/python/requirements.txt" "$work/python/installed.lock"
fi

status=0
drive() { # NAME PROGRAM...
  local name=$1
  shift
  bin/clients -log "$work/$name.log" "$@" "${FILTER:-}" || { status=1; echo "Louter's log of $name is $work/$name.log"; }
}
drive javascript "$node" "$src/js/run.mjs"
drive python "$work/python/bin/python" -B "$src/python/run.py"
exit $status
