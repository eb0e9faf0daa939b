#!/usr/bin/env bash
# Measures other gateways, and Louter beside them, with the conformance suite:
#   scripts/peers.sh [PEER...]     louter portkey litellm cliproxyapi; none named: all of them
# Each is installed at a pinned version into a cache outside the tree, listens
# on the loopback alone, finds the suite's replayer as its only provider, and
# is judged by conformance/targets/PEER.toml. When all are measured, the page
# of results is written anew.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
cache=${LOUTER_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/louter-peers}
results=$root/.tmp/peers
page=docs/conformance.md
mkdir -p "$cache/home" "$results" bin
all=(louter portkey litellm cliproxyapi)
peers=("$@")
[ ${#peers[@]} -gt 0 ] || peers=("${all[@]}")

pid=
stop() {
  [ -n "$pid" ] || return 0
  kill "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  pid=
}
trap stop EXIT

version() { sed -n 's/^version = "\(.*\)"/\1/p' "conformance/targets/$1.toml"; }

# fresh DIR FILE...: the folder for an installation, empty unless it is one of
# these very files.
fresh() {
  local dir=$1 sum; shift
  sum=$(cat "$@" | sha256sum | cut -c1-16)
  if [ "$(cat "$dir/installed" 2>/dev/null)" = "$sum" ]; then return 1; fi
  rm -rf "$dir"
  mkdir -p "$dir"
  echo "$sum" > "$dir/wanted"
}
installed() { mv "$1/wanted" "$1/installed"; }

# bare CMD...: in place of the shell, so that its process is the one that is
# ended, and without the environment, which may hold keys and proxies.
bare() { exec env -i PATH="$PATH" HOME="$cache/home" "$@"; }

# A gateway that is left from elsewhere must not be measured in place of ours.
free_port() {
  local port
  port=$(sed -n 's/^url = "http:\/\/127.0.0.1:\([0-9]*\)"/\1/p' "conformance/targets/$1.toml")
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then echo "port $port is taken" >&2; exit 1; fi
}

start_louter() {
  bare bin/louter serve --config conformance/targets/louter.config.toml >"$results/louter.log" 2>&1 & pid=$!
}

install_portkey() {
  local from=scripts/peers/portkey dir=$cache/portkey
  if fresh "$dir" "$from"/package*.json; then
    cp "$from"/package*.json "$dir"
    (cd "$dir" && npm ci --ignore-scripts --no-audit --no-fund)
    installed "$dir"
  fi
}
start_portkey() {
  bare NODE_ENV=production node --require "$root/scripts/peers/portkey/loopback.cjs" \
    "$cache/portkey/node_modules/@portkey-ai/gateway/build/start-server.js" --headless --port=19010 >"$results/portkey.log" 2>&1 & pid=$!
}

install_litellm() {
  local from=scripts/peers/litellm/requirements.txt dir=$cache/litellm
  if fresh "$dir" "$from"; then
    python3 -m venv "$dir/venv"
    "$dir/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$from"
    installed "$dir"
  fi
}
# It looks up by name what a model can; the cases' names are its to be told.
litellm_models() {
  local provider=$1 base=$2 model
  while read -r model; do
    cat <<YAML
  - model_name: "$provider/$model"
    litellm_params: {model: "$provider/$model", api_base: "$base", api_key: replay-key}
    model_info: {mode: chat, supports_system_messages: true, supports_response_schema: true, supports_function_calling: true, supports_parallel_function_calling: true, supports_tool_choice: true, supports_vision: true, supports_audio_input: true, supports_pdf_input: true, supports_reasoning: true}
YAML
  done
}
start_litellm() {
  LITELLM_MASTER_KEY=sk-$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  export LITELLM_MASTER_KEY
  {
    echo "model_list:"
    bin/louter conform --models | litellm_models openai http://127.0.0.1:19002/v1
    bin/louter conform --models | litellm_models gemini http://127.0.0.1:19001/v1beta
    cat scripts/peers/litellm/settings.yaml
  } >"$results/litellm.yaml"
  bare LITELLM_MASTER_KEY="$LITELLM_MASTER_KEY" LITELLM_LOCAL_MODEL_COST_MAP=True DISABLE_ADMIN_UI=True \
    "$cache/litellm/venv/bin/litellm" --host 127.0.0.1 --port 19011 --config "$results/litellm.yaml" --telemetry False >"$results/litellm.log" 2>&1 & pid=$!
}

install_cliproxyapi() {
  local from=scripts/peers/cliproxyapi dir=$cache/cliproxyapi
  if fresh "$dir" "$from"/go.*; then
    (cd "$from" && go build -o "$dir/cliproxyapi" github.com/router-for-me/CLIProxyAPI/v6/cmd/server)
    installed "$dir"
  fi
}
# It lets the credential of a model rest that was refused; each client's
# dialect has credentials of its own, so that no pair of a case is refused for
# what another got.
start_cliproxyapi() {
  local models front
  models=$(bin/louter conform --models | sed 's/.*/      - {name: "&", alias: "&"}/')
  {
    cat scripts/peers/cliproxyapi/settings.yaml
    printf 'auth-dir: "%s"\n' "$cache/home/auth"
    echo gemini-api-key:
    for front in gemini chat; do
      printf '  - api-key: key-of-%s\n    prefix: %s-gemini\n    base-url: http://127.0.0.1:19001\n    models:\n%s\n' "$front" "$front" "$models"
    done
    echo openai-compatibility:
    for front in gemini chat; do
      printf '  - name: replay-%s\n    prefix: %s-openai\n    base-url: http://127.0.0.1:19002/v1\n    api-key-entries: [{api-key: key-of-%s}]\n    models:\n%s\n' "$front" "$front" "$front" "$models"
    done
  } >"$results/cliproxyapi.yaml"
  (cd "$cache/cliproxyapi" && bare ./cliproxyapi -local-model -config "$results/cliproxyapi.yaml") >"$results/cliproxyapi.log" 2>&1 & pid=$!
}

go build -o bin/louter ./cmd/louter
failed=()
for peer in "${peers[@]}"; do
  case " ${all[*]} " in *" $peer "*) ;; *) echo "no such peer: $peer; there are ${all[*]}" >&2; exit 2 ;; esac
  echo "== $peer $(version "$peer")"
  [ "$peer" = louter ] || "install_$peer"
  free_port "$peer"
  "start_$peer"
  out=$results/$peer
  bin/louter conform --target "conformance/targets/$peer.toml" --json "$out.json" --html "$out.html" >"$out.txt" 2>&1 \
    || { failed+=("$peer"); grep -v '^[.k-]*$' "$out.txt" | sed -n 1,200p; tail -n 20 "$out.log"; }
  tail -n 1 "$out.txt"
  stop
done
if [ "${peers[*]}" = "${all[*]}" ]; then
  files=()
  for peer in "${all[@]}"; do files+=("$results/$peer.json"); done
  go run ./conformance/peers "$page" "${files[@]}"
  echo "$page is written; the exchanges are in $results/*.html"
fi
[ ${#failed[@]} -eq 0 ] || { echo "not as conformance/targets say: ${failed[*]}" >&2; exit 1; }
