GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
CONFIG   ?=
FUZZTIME ?= 60s

.PHONY: help
help: ## Show this help.
	@grep -hE '^[a-z0-9 -]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: all
all: build checkgenerate lint test race cross ## All that CI runs but for the slow checks.

.PHONY: build
build: ## Build bin/louter.
	go build -o bin/louter ./cmd/louter

.PHONY: run
run: build ## Build and serve; with the demo backends if there is neither a configuration nor a key.
	@if [ -n "$(CONFIG)" ]; then exec bin/louter serve --config $(CONFIG); \
	elif [ -f louter.toml ] || [ -n "$$OPENAI_API_KEY$$GEMINI_API_KEY$$GOOGLE_API_KEY" ]; then exec bin/louter serve; \
	else exec bin/louter serve --demo; fi

.PHONY: test
test: ## Run the tests.
	go test ./...

.PHONY: race
race: ## Run the tests under the race detector.
	go test -race ./server/... ./conformance/... ./translate/...

.PHONY: generate
generate: ## Generate gen/ from openapi/.
	go generate ./...

.PHONY: checkgenerate
checkgenerate: generate ## Fail if gen/ is not what openapi/ gives.
	git diff --exit-code -- gen

.PHONY: lint
lint: ## Run the linters; depguard proves the direction of imports.
	go vet ./...
	go run $(GOLANGCI) run ./...

.PHONY: cross
cross: ## Compile for every system that is supported.
	GOOS=darwin GOARCH=arm64 go build -pgo=off -o /dev/null ./cmd/louter
	GOOS=windows GOARCH=amd64 go build -pgo=off -o /dev/null ./cmd/louter
	GOOS=linux GOARCH=arm64 go build -pgo=off -o /dev/null ./cmd/louter

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME.
	@set -e; for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg; \
	  done; done

RECORDINGS ?= $(or $(LOUTER_SHARED),../shared)/recordings

.PHONY: conform
conform: build ## Run the conformance suite on Louter; FILTER=GLOB and TARGET=FILE choose.
	bin/louter conform --recordings $(RECORDINGS) $(if $(FILTER),--filter '$(FILTER)') $(if $(TARGET),--target $(TARGET))

.PHONY: peers
peers: ## Measure other gateways with the conformance suite; PEER=NAME chooses, all of them write docs/conformance.md.
	scripts/peers.sh $(PEER)

.PHONY: phase1 phase2 phase3 phase4 phase5
phase1 phase2 phase3 phase4 phase5: build ## Run one phase of the conformance suite.
	bin/louter conform --recordings $(RECORDINGS) --phase $(@:phase%=%) $(if $(FILTER),--filter '$(FILTER)')

.PHONY: fidelity
fidelity: ## Write docs/fidelity.md: where each field of both APIs goes. Read the diff.
	go test ./conformance/fidelity -update

.PHONY: update
update: build ## Write the goldens of the conformance suite; FILTER=GLOB chooses. Read the diff.
	bin/louter conform --update $(if $(FILTER),--filter '$(FILTER)')

.PHONY: record
record: build ## Record upstream files from the real services, with keys from the environment; FILTER=GLOB chooses.
	bin/louter conform --record $(if $(FILTER),--filter '$(FILTER)')

.PHONY: defects
defects: ## Write docs/defects.md: which case stands for which known fault.
	go test ./conformance/defects -update

.PHONY: gemini-cli
gemini-cli: ## Drive gemini-cli through Louter on a Chat Completions backend.
	scripts/gemini-cli.sh

.PHONY: clients
clients: gemini-cli ## Drive real clients (JavaScript, Python, gemini-cli) through Louter on both backends; FILTER chooses.
	FILTER='$(FILTER)' scripts/clients.sh

.PHONY: real
real: ## Ask a real model (llama.cpp, SmolLM2) through Louter.
	scripts/real.sh

.PHONY: specdrift
specdrift: ## Compare openapi/ with the official material beside the checkout.
	go run ./cmd/specdrift

.PHONY: pgo
pgo: ## Profile the request path anew for the compiler; writes cmd/louter/default.pgo.
	scripts/pgo.sh

.PHONY: bench
bench: ## Measure CPU and memory beside Go's ReverseProxy; writes docs/performance.md.
	scripts/bench.sh

DURATION ?= 10m
CLIENTS  ?= 1000

.PHONY: soak
soak: build ## Let CLIENTS ask for DURATION while providers fail at random; every answer is judged.
	go run ./cmd/soak --duration $(DURATION) --clients $(CLIENTS)

.PHONY: load
load: ## Find the highest load that is borne; writes the last section of docs/performance.md.
	scripts/load.sh

.PHONY: mutate
mutate: ## Change translate/ in N ways (200) and count what no case notices; SEED chooses.
	go run ./conformance/mutate -n $(or $(N),200) -seed $(or $(SEED),1)
