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

cat > "$work/louter.toml" <<TOML
listen = "127.0.0.1:9120"
[log]
level = "warn"
[drain]
delay = "0s"
[backends.chat]
url = "http://127.0.0.1:9100"
api_key = "sk-upstream"
[backends.chat.model_mapping]
"mock-oai" = "*"
[backends.gemini]
protocol = "gemini"
url = "http://127.0.0.1:9100"
api_key = "key-upstream"
[backends.gemini.model_mapping]
"mock-gem" = "*"
TOML
cat > "$work/targets.json" <<JSON
{"mock": "http://127.0.0.1:9100", "targets": [
 {"name": "goproxy", "url": "http://127.0.0.1:9101", "routes": {
  "oai-oai": {"path": "/v1/chat/completions", "model": "mock-oai"},
  "gem-gem": {"path": "/v1beta/models/mock-gem:generateContent", "stream_path": "/v1beta/models/mock-gem:streamGenerateContent?alt=sse"}}},
 {"name": "louter", "url": "http://127.0.0.1:9120", "routes": {
  "oai-oai": {"path": "/v1/chat/completions", "model": "mock-oai"},
  "oai-gem": {"path": "/v1/chat/completions", "model": "mock-gem"},
  "gem-oai": {"path": "/v1beta/models/mock-oai:generateContent", "stream_path": "/v1beta/models/mock-oai:streamGenerateContent?alt=sse"},
  "gem-gem": {"path": "/v1beta/models/mock-gem:generateContent", "stream_path": "/v1beta/models/mock-gem:streamGenerateContent?alt=sse"}}}]}
JSON
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done' EXIT
"$work/mockup" -listen 127.0.0.1:9100 >"$work/mockup.log" 2>&1 & pids+=($!)
"$work/revproxy" -listen 127.0.0.1:9101 -upstream http://127.0.0.1:9100 >"$work/revproxy.log" 2>&1 & pids+=($!)
bin/louter serve --config "$work/louter.toml" >"$work/louter.log" 2>&1 & pids+=($!)
bin/louter healthcheck --url http://127.0.0.1:9120/livez --wait 10s >/dev/null
"$work/compare" -targets "$work/targets.json" -kinds "${KINDS:-W7,W1,W2p,W3,W3s,W4,W4s,W5,W6}" -rounds "${ROUNDS:-3}" -dur "${DUR:-2s}" \
  -patience 2s -extra 1 -json "$work/out.json" -md "$work/table.md"
{
  echo "# Performance"
  echo
  echo "Written by \`make bench\` on $(date -u +%Y-%m-%d), $(go version | cut -d' ' -f3), $(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1));"
  echo "client, gateway and upstream share them: trust ratios, not absolutes. \`goproxy\` is Go's"
  echo "\`httputil.ReverseProxy\` in the same run. The gateway's own CPU is what counts."
  echo
  echo "Bounds: 1 KB passed at most 0.7 of it, translated 1.2; a stream's chunk 1.0; a 100 KB prompt"
  echo "0.9; a 5 MB image 1.1; 1,000 slow streams in under 70 MB."
  echo
  cat "$work/table.md"
} > docs/performance.md
