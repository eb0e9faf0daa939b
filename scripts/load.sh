#!/usr/bin/env bash
# The highest load that Louter bears on this machine, written with its curve
# into docs/performance.md and docs/load.svg. Loopback only, under five
# minutes. The programs of the load come from the harness of the benchmark.
set -euo pipefail
cd "$(dirname "$0")/.."
harness=${LOUTER_SHARED:-$(cd .. && pwd)/shared}/bench
[ -f "$harness/go.mod" ] || { echo "there is no harness at $harness" >&2; exit 1; }
work=$PWD/.tmp/bench
mkdir -p "$work"
(cd "$harness" && for c in mockup loadgen; do go build -o "$work/$c" "./cmd/$c"; done)
go build -o bin/louter ./cmd/louter
go build -o "$work/loadcurve" ./cmd/loadcurve

pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done' EXIT
"$work/mockup" -listen 127.0.0.1:9100 >"$work/mockup.log" 2>&1 & pids+=($!)
bin/louter serve --config scripts/bench/louter.toml >"$work/louter.log" 2>&1 & pids+=($!)
bin/louter healthcheck --url http://127.0.0.1:9120/livez --wait 10s >/dev/null
processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
busy=$(cut -d' ' -f1 /proc/loadavg)
"$work/loadcurve" --loadgen "$work/loadgen" --note "$(go version | cut -d' ' -f3), $(nproc) cores ($processor), which
client, gateway and provider share; the load average was $busy when it began."
