#!/usr/bin/env bash
# gemini-cli, headless, through Louter on a Chat Completions backend: it reads
# a file with its own tool and answers with what is in it.
set -euo pipefail
cd "$(dirname "$0")/.."
CLI_VERSION=0.61 NODE_VERSION=22
work=$PWD/.tmp/cli
mkdir -p "$work/project" "$work/home/.gemini" bin
if [ ! -x "$work/node_modules/.bin/gemini" ] || [ ! -x "$work/node_modules/node/bin/node" ]; then
  (cd "$work" && npm install --no-audit --no-fund --prefix . "node@$NODE_VERSION" "@google/gemini-cli@$CLI_VERSION" >npm.log 2>&1) || { cat "$work/npm.log"; exit 1; }
fi
# The node package's own binary may stand one level deeper.
node=$(find "$work/node_modules" -path '*/bin/node' -type f -perm -u+x | head -n 1)
[ -n "$node" ] || { echo "no node $NODE_VERSION was installed" >&2; exit 1; }

go build -o bin/louter ./cmd/louter
go build -o bin/cli-upstream ./conformance/cli
secret="heron-$RANDOM-$RANDOM"
echo "The secret word is $secret." > "$work/project/secret.txt"
cat > "$work/home/.gemini/settings.json" <<JSON
{"security":{"auth":{"selectedType":"gemini-api-key"}},"privacy":{"usageStatisticsEnabled":false},"general":{"enableAutoUpdate":false,"disableAutoUpdate":true}}
JSON
cat > "$work/louter.toml" <<TOML
listen = "127.0.0.1:9302"
[drain]
delay = "0s"
[backends.chat]
url = "http://127.0.0.1:9301"
api_key = "any"
[backends.chat.model_mapping]
"gemini-*" = "scripted"
TOML
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done' EXIT
bin/cli-upstream -listen 127.0.0.1:9301 -read "$work/project/secret.txt" 2>"$work/upstream.log" & pids+=($!)
bin/louter serve --config "$work/louter.toml" >"$work/louter.log" 2>&1 & pids+=($!)
bin/louter healthcheck --url http://127.0.0.1:9302/livez --wait 10s >/dev/null

cd "$work/project"
out=$(HOME=$work/home GEMINI_API_KEY=any GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:9302 GEMINI_CLI_NO_RELAUNCH=true NO_BROWSER=true \
  timeout 120 "$node" "$work/node_modules/@google/gemini-cli/bundle/gemini.js" --skip-trust --yolo -m gemini-2.5-flash \
  -p "Read secret.txt and tell me the secret word." 2>"$work/cli.log" </dev/null) || { echo "gemini-cli failed"; tail -n 30 "$work/cli.log" "$work/louter.log" "$work/upstream.log"; exit 1; }
if ! grep -q "$secret" <<<"$out"; then
  echo "the answer does not hold the secret word: $out"; tail -n 30 "$work/cli.log" "$work/louter.log" "$work/upstream.log"; exit 1
fi
echo "gemini-cli $CLI_VERSION read the file through Louter: $out"
