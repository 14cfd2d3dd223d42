# Everything that is done with this repository. On a fresh Debian machine with
# Go, git, make, Node and npm each goal installs what it needs: Node programs
# by npm ci, Go modules by the go command, Debian packages (as root) by apt-get.

.DEFAULT_GOAL := help
SHELL := /bin/sh
export GOFLAGS := -mod=readonly

VERSION := $(shell git describe --always 2>/dev/null || echo dev)
NODE    := node_modules/.installed
TOOLS   := bin/tools/.built

# need PROGRAM,PACKAGES installs Debian packages when a program is missing.
define need
	@command -v $(1) >/dev/null 2>&1 || { \
	  [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || { echo "$(1) is missing: install $(2)." >&2; exit 1; }; \
	  echo "installing $(2)"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(2) >/dev/null; }
endef

.PHONY: help
help: ## list the goals
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST)

.PHONY: build
build: ## build ./bin/paddock
	$(call need,git,git ca-certificates)
	$(call need,gcc,gcc libc6-dev)
	CGO_ENABLED=1 go build -trimpath -tags netgo,osusergo -ldflags "-s -w -X main.version=$(VERSION) -linkmode external -extldflags '-static'" -o bin/paddock ./cmd/paddock

.PHONY: tour
tour: build $(NODE) ## walk the whole road and verify each step
	./bin/paddock tour

.PHONY: run
run: build $(NODE) ## the tour, then stay up: pages at a printed address, with a sign-in link
	./bin/paddock tour --stay

CACHE      := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/paddock
KUBERNETES := $(CACHE)/kubernetes-$(shell sha256sum tools/kubernetes/go.sum | cut -c1-12)

.PHONY: kubernetes
kubernetes: ## build the Kubernetes API server that tests use; minutes, once
	sh tools/kubernetes.sh $(KUBERNETES)

GATEKEEPER := $(CACHE)/gatekeeper-$(shell sha256sum tools/gatekeeper/go.sum | cut -c1-12)

.PHONY: gatekeeper
gatekeeper: ## build OPA Gatekeeper, to which a test holds what we write for it; minutes, once
	sh tools/gatekeeper.sh $(GATEKEEPER)

VAULT := $(CACHE)/vault-$(shell sha256sum tools/vault/go.sum | cut -c1-12)

.PHONY: vault
vault: ## build the Vault that knows apps by their tokens in a test; minutes, once
	sh tools/vault.sh $(VAULT)

# Tests find the programs by themselves. Where they cannot be built the tests
# that need them are skipped, which is said before and after the run.
.PHONY: kubernetes-or-not
kubernetes-or-not:
	@sh tools/kubernetes.sh $(KUBERNETES) || echo "TESTS ON KUBERNETES WILL BE SKIPPED: its API server could not be built, see above." >&2
	@sh tools/vault.sh $(VAULT) || echo "TESTS ON VAULT WILL BE SKIPPED: it could not be built, see above." >&2
	@sh tools/gatekeeper.sh $(GATEKEEPER) || echo "TESTS ON GATEKEEPER WILL BE SKIPPED: it could not be built, see above." >&2

# SQLite is C that was turned into Go: the race detector looks at it like at the
# rest, but its pointers are not checked against their objects at each step, which
# took two thirds of the time of all tests that have a store.
RACE := -race -gcflags=modernc.org/...=-d=checkptr=0

.PHONY: test
test: $(NODE) kubernetes-or-not ## run all tests under the race detector
	$(call need,git,git ca-certificates)
	$(call need,gcc,gcc libc6-dev)
	$(call need,/usr/lib/postgresql/15/bin/initdb,postgresql-15)
	$(call need,docker-registry,docker-registry)
	$(call need,chromium,chromium fonts-liberation)
	CGO_ENABLED=1 go test $(RACE) -timeout 25m ./...
	@[ -x $(KUBERNETES)/kube-apiserver ] || echo "TESTS ON KUBERNETES WERE SKIPPED: run make kubernetes to see why its API server could not be built." >&2
	@[ -x $(VAULT)/vault ] || echo "TESTS ON VAULT WERE SKIPPED: run make vault to see why it could not be built." >&2
	@[ -x $(GATEKEEPER)/gatekeeper ] || echo "TESTS ON GATEKEEPER WERE SKIPPED: run make gatekeeper to see why it could not be built." >&2

COUNT ?= 1000
SEED  ?= 0
.PHONY: torture
torture: ## break Paddock on purpose, COUNT random schedules from SEED, and a kill at every write of a day
	$(call need,git,git ca-certificates)
	$(call need,/usr/lib/postgresql/15/bin/initdb,postgresql-15)
	go test -c -o bin/torture.test ./internal/app/torture
	cd internal/app/torture && ../../../bin/torture.test -test.run 'TestSchedules$(if $(filter 1000,$(COUNT)),|TestKilledAtEveryCall)' -test.timeout 2h -every -schedules $(COUNT) -seed $(SEED)

.PHONY: torture-replicas
torture-replicas: ## three servers on one PostgreSQL under load for two minutes, one killed each 10 s
	$(call need,git,git ca-certificates)
	$(call need,/usr/lib/postgresql/15/bin/initdb,postgresql-15)
	go test -c -o bin/torture.test ./internal/app/torture
	cd internal/app/torture && ../../../bin/torture.test -test.run TestReplicas -test.timeout 20m -replicas 3 -under 2m

.PHONY: check
check: $(TOOLS) ## gofmt, vet, staticcheck, generated code, links in the documents
	@bad=$$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l); [ -z "$$bad" ] || { echo "run gofmt -w on:"; echo "$$bad"; exit 1; } >&2
	go vet ./...
	bin/tools/staticcheck ./...
	sh tools/generated.sh
	go test -run 'TestLinks|TestLengths' ./internal/archtest

.PHONY: generate
generate: $(TOOLS) ## make pages' and queries' Go code again
	bin/tools/templ generate -path internal/door/web
	cd internal/adapter/store && ../../../bin/tools/sqlc generate

CHECKERS   := $(CACHE)/checkers-$(shell cat tools/checkers/*/go.sum | sha256sum | cut -c1-12)

.PHONY: checkers
checkers: ## build the five programs that bench-check is measured against; takes long, once
	sh tools/checkers.sh $(CHECKERS)

LITESTREAM := $(CACHE)/litestream-v0.5.18

OPA        := $(CACHE)/opa-v1.22.2

.PHONY: opa
opa: ## build a stock OPA server for the tests; takes minutes, once
	@mkdir -p $(CACHE)
	[ -x $(OPA) ] || (cd tools/opa && nice go build -o $(OPA) github.com/open-policy-agent/opa)

.PHONY: test-litestream
test-litestream: ## point-in-time recovery with the real Litestream; building it takes minutes, once
	@mkdir -p $(CACHE)
	[ -x $(LITESTREAM) ] || (cd tools/litestream && go build -o $(LITESTREAM) github.com/benbjohnson/litestream/cmd/litestream)
	PADDOCK_LITESTREAM=$(LITESTREAM) go test -run PointInTime -v -count=1 ./internal/app/backup

.PHONY: bench-migrate
bench-migrate: ## move 100,000 apps from SQLite to PostgreSQL, with time and audit root
	go test -run '^$$' -bench . -benchtime 1x -timeout 60m ./bench/migrate

.PHONY: bench
bench: build $(NODE) ## measure the road against its limits
	go run ./bench/road
	go test ./internal/life/build -run "^$$" -bench Decision -benchtime 100x

.PHONY: bench-store
bench-store: $(NODE) ## measure lists and searches over a large fleet
	go run ./bench/store

.PHONY: bench-audit
bench-audit: build $(NODE) ## measure the audit log against its limits, on SQLite and on PostgreSQL
	go run ./bench/audit

.PHONY: bench-admission
bench-admission: opa ## compare admission with a plain Go webhook, OPA and Gatekeeper, in one run
	go test -run '^$$' -bench . -benchtime 1x -timeout 20m ./bench/admission

.PHONY: bench-identity
bench-identity: ## measure who-may-do-what against its limits
	go run ./bench/identity

.PHONY: bench-policy
bench-policy: opa ## measure decisions, previews and replays against their limits, beside OPA alone
	PADDOCK_OPA=$(OPA) go run ./bench/policy

ROUNDS ?= 3
.PHONY: bench-sca
bench-sca: ## compare what we know of holes with osv-scanner on ten lock files; OSV=folder of advisories
	sh tools/checkers.sh $(CHECKERS) osv-scanner
	go run ./bench/sca -scanner $(CHECKERS)/osv-scanner -osv "$(OSV)"

.PHONY: bench-check
bench-check: build checkers ## measure paddock check beside five programs; CORPUS=folder of clones, OSV=folder of advisories
	go build -o bin/bench-check ./bench/check
	bin/bench-check --corpus "$(CORPUS)" --osv "$(OSV)" --checkers $(CHECKERS) --rounds $(ROUNDS) $(PARTS)

.PHONY: shots
shots: build $(NODE) ## take pictures of every page into docs/screenshots, and check each page with axe
	$(call need,chromium,chromium fonts-liberation)
	$(call need,pngquant,pngquant)
	sh tools/shots.sh

.PHONY: clean
clean: ## remove what was built
	rm -rf bin

$(NODE): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(TOOLS): tools/go.mod tools/go.sum
	$(call need,gcc,gcc g++ libc6-dev)
	@mkdir -p bin/tools
	cd tools && go build -o ../bin/tools/ tool
	@touch $@
