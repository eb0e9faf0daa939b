#!/usr/bin/env bash
# CPU and memory of Louter beside Go's httputil.ReverseProxy, in one run, by
# the harness that lies in the shared folder. The table goes into
# docs/performance.md. Bounded: about three minutes.
set -euo pipefail
cd "$(dirname "$0")/.."
harness=${LOUTER_SHARED:-$(cd .. && pwd)/shared}/bench
[ -f "$harness/go.mod" ] || { echo "there is no harness at $harness" >&2; exit 1; }
work=$PWD/.tmp/bench
mkdir -p "$work" docs
(cd "$harness" && for c in mockup revproxy compare; do go build -o "$work/$c" "./cmd/$c"; done)
go build -o bin/louter ./cmd/louter
# The same without breaker, fallback, metrics and log: what they cost.
printf '{"Replace": {"%s": "%s", "%s": "%s"}}' "$PWD/server/chain.go" "$PWD/scripts/bench/bare_chain.go.txt" \
  "$PWD/server/finish.go" "$PWD/scripts/bench/bare_finish.go.txt" > "$work/bare.json"
go build -overlay "$work/bare.json" -o "$work/bare" ./cmd/louter
sed 's/9120/9121/' scripts/bench/louter.toml > "$work/bare.toml"
sed 's/9120/9122/; s/"warn"/"info"/' scripts/bench/louter.toml > "$work/logged.toml"

pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done' EXIT
"$work/mockup" -listen 127.0.0.1:9100 >"$work/mockup.log" 2>&1 & pids+=($!)
"$work/revproxy" -listen 127.0.0.1:9101 -upstream http://127.0.0.1:9100 >"$work/revproxy.log" 2>&1 & pids+=($!)
bin/louter serve --config scripts/bench/louter.toml >"$work/louter.log" 2>&1 & pids+=($!)
"$work/bare" serve --config "$work/bare.toml" >"$work/bare.log" 2>&1 & pids+=($!)
bin/louter serve --config "$work/logged.toml" >"$work/logged.log" 2>&1 & pids+=($!)
for port in 9121 9122; do bin/louter healthcheck --url http://127.0.0.1:$port/livez --wait 10s >/dev/null; done
bin/louter healthcheck --url http://127.0.0.1:9120/livez --wait 10s >/dev/null
"$work/compare" -targets scripts/bench/targets.json -kinds "${KINDS:-W7,W1,W2p,W3,W3s,W4,W4s,W5,W6}" -rounds "${ROUNDS:-3}" -dur "${DUR:-2s}" \
  -patience 2s -extra 1 -json "$work/out.json" -md "$work/table.md"
# scripts/load.sh writes from its marker on.
load=$(sed -n '/^<!-- make load -->$/,$p' docs/performance.md 2>/dev/null || true)
{
  echo "# Performance"
  echo
  echo "Written by \`make bench\` on $(date -u +%Y-%m-%d), $(go version | cut -d' ' -f3), $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1));"
  echo "client, gateway and upstream share them: trust ratios, not absolutes. \`goproxy\` is Go's"
  echo "\`httputil.ReverseProxy\` in the same run. The gateway's own CPU is what counts."
  echo
  echo "Bounds: 1 KB passed at most 0.7 of it, translated 1.2; a stream's chunk 1.0; a 100 KB prompt"
  echo "0.9; a 5 MB image 1.1; 1,000 slow streams in under 70 MB. \`bare\` is Louter without breaker,"
  echo "places, fallback, metrics and log, \`logged\` with a line in a file for each request: between"
  echo "the two there may lie 0.1 of \`goproxy\` in W1."
  echo
  cat "$work/table.md"
  [ -z "$load" ] || printf '\n%s\n' "$load"
} > docs/performance.md
