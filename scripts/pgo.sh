#!/usr/bin/env bash
# Writes cmd/louter/default.pgo, by which `go build` knows the hot paths: a
# profile of passing and translating, 1 KB, 100 KB and streams, under the load
# of the benchmark's harness. Run it when the request path has changed; takes
# about two minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
harness=${LOUTER_SHARED:-$(cd .. && pwd)/shared}/bench
[ -f "$harness/go.mod" ] || { echo "there is no harness at $harness" >&2; exit 1; }
work=$PWD/.tmp/pgo
mkdir -p "$work"
(cd "$harness" && for c in mockup compare; do go build -o "$work/$c" "./cmd/$c"; done)
# A copy of the command with the profiler's listener, which no release has.
echo "{\"Replace\": {\"$PWD/cmd/louter/profiling.go\": \"$PWD/scripts/pgo/profiling.go.txt\"}}" > "$work/overlay.json"
go build -pgo=off -overlay "$work/overlay.json" -o "$work/louter" ./cmd/louter

sed -n '1p; /"name": "louter"/,$p' scripts/bench/targets.json > "$work/targets.json" # Louter alone, the last of them
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done' EXIT
"$work/mockup" -listen 127.0.0.1:9100 >"$work/mockup.log" 2>&1 & pids+=($!)
"$work/louter" serve --config scripts/bench/louter.toml >"$work/louter.log" 2>&1 & pids+=($!)
curl -sSf --retry 20 --retry-delay 1 --retry-connrefused -o /dev/null http://127.0.0.1:9120/livez
"$work/compare" -targets "$work/targets.json" -kinds W1,W3,W4,W3s,W4s,W2p,W5 -rounds 1 -dur 4s \
  -patience 1s -extra 0 -md "$work/table.md" >"$work/compare.log" 2>&1 & load=$!
sleep 3
curl -sSf -o "$work/profile" 'http://127.0.0.1:6061/debug/pprof/profile?seconds=30'
wait "$load"
mv "$work/profile" cmd/louter/default.pgo
