# Everything a person or CI does with this tree. `make help` lists it.
SHELL       := /bin/sh
GO          ?= go
BIN         := build/bin
TAGS        := webkit2_41
WINDOW_TAGS := desktop,production,$(TAGS)
VERSION     := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS     := -s -w -X main.version=$(VERSION)
SUDO        := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
export PATH := $(PATH):/usr/local/go/bin

# Debian packages: to build and run, and what the tests need on top.
BUILD_DEPS := build-essential pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev \
  libavcodec-dev libavformat-dev libavutil-dev libswscale-dev libswresample-dev \
  libavfilter-dev libavdevice-dev fonts-noto-cjk
BENCH_DEPS := libffms2-dev mpv ffmpeg python3
TEST_DEPS  := libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui chromium xvfb xauth dbus dbus-x11 xdotool imagemagick ffmpeg sqlite3 espeak-ng fonts-noto-cjk openssl python3 zbar-tools exfatprogs exfat-fuse dosfstools

# What a program is built from: its C too, or a changed engine would be measured by its old self.
GO_FILES  := $(shell find . \( -name '*.go' -o -name '*.c' -o -name '*.h' \) -not -path './frontend/node_modules/*' -not -path './build/bench/*' -not -name '*_test.go' 2>/dev/null)
WEB_FILES := $(shell find frontend/src frontend/wailsjs frontend/index.html frontend/package.json frontend/vite.config.ts frontend/tsconfig.json -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help tools deps test-deps web-deps licences demo dev build lab test test-go test-web test-window race lint fmt generate check e2e e2e-binary clean

help: ## list these targets
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

tools: $(BIN)/golangci-lint $(BIN)/gofumpt ## install the pinned checkers into build/bin

$(BIN)/golangci-lint $(BIN)/gofumpt: .ci/tools.txt
	@mkdir -p $(BIN)
	@grep -v '^#' .ci/tools.txt | while read -r module version; do \
	  [ "$${module##*/}" = "$(@F)" ] || continue; \
	  echo "install $$module@$$version"; GOBIN="$(CURDIR)/$(BIN)" GOFLAGS= $(GO) install "$$module@$$version"; \
	done
	@touch $@

deps: ## install the Debian packages needed to build and run, and what reads scans
	@.ci/packages "$(SUDO)" $(BUILD_DEPS)
	@$(MAKE) --no-print-directory ocr

test-deps: deps
	@.ci/packages "$(SUDO)" $(TEST_DEPS)

web-deps: frontend/node_modules/.package-lock.json

frontend/node_modules/.package-lock.json: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund
	@touch $@

frontend/dist/index.html: $(WEB_FILES) frontend/node_modules/.package-lock.json
	cd frontend && npm run build
	@touch frontend/dist/.gitkeep $@

$(BIN)/diaoyue: $(GO_FILES) go.mod frontend/dist/index.html
	$(GO) build -tags $(WINDOW_TAGS) -ldflags "$(LDFLAGS)" -o $@ .

$(BIN)/diaoyue-e2e: $(GO_FILES) go.mod frontend/dist/index.html
	$(GO) build -tags e2e,$(WINDOW_TAGS) -ldflags "-X main.version=$(VERSION)" -o $@ .

$(BIN)/diaoyue-lab: $(GO_FILES) go.mod
	$(GO) build -ldflags "$(LDFLAGS)" -o $@ ./backend/lab

# Networks and library that read scans; a machine without them says so.
OCR := $(BIN)/ocr/libonnxruntime.so.1

$(OCR): .ci/ocr .ci/ocr.sha256
	.ci/ocr $(@D)
	@[ ! -f $@ ] || touch $@

.PHONY: ocr
ocr: $(OCR) ## install what reads scans (PP-OCRv4, ONNX Runtime) into build/bin/ocr

# What runs a bureau's model for speech; the program links none of it, and a
# machine that cannot have it goes without.
SPEECH := $(BIN)/speech/libsherpa-onnx-c-api.so

$(SPEECH): .ci/speech .ci/speech.sha256
	GO="$(GO)" .ci/speech $(@D)
	@[ ! -f $@ ] || touch $@

.PHONY: speech
speech: $(SPEECH) ## install what transcribes speech (sherpa-onnx) into build/bin/speech; models are the bureau's

# One static file for people who have no archive, so without cgo.
$(BIN)/diaoyue-verify: $(GO_FILES) go.mod
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o $@ ./backend/verifier/diaoyue-verify

.PHONY: verifier
verifier: $(BIN)/diaoyue-verify ## build diaoyue-verify, the stand-alone verifier of exported logs

.PHONY: verifiers
verifiers: ## build diaoyue-verify for the machines of courts and bureaus: Windows, and Linux on three processors
	@for t in windows/amd64 linux/amd64 linux/arm64 linux/loong64; do \
	  out=$(BIN)/diaoyue-verify-$${t%/*}-$${t#*/}; [ $${t%/*} != windows ] || out=$$out.exe; \
	  echo "$$out"; GOOS=$${t%/*} GOARCH=$${t#*/} CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o $$out ./backend/verifier/diaoyue-verify || exit 1; \
	done

build: $(BIN)/diaoyue $(OCR) $(SPEECH) ## build front end and binary into build/bin

lab: $(BIN)/diaoyue-lab $(OCR) ## build diaoyue-lab, the engines on loose files

e2e-binary: $(BIN)/diaoyue-e2e $(OCR) $(SPEECH) ## build the binary of the end-to-end tests (serve mode)

demo: deps ## make a demonstration archive and open the window on it (headless without a display)
	@$(MAKE) --no-print-directory build
	$(BIN)/diaoyue demo

dev: e2e-binary ## serve the interface to a browser on the archive in ARCHIVE=DIR
	$(BIN)/diaoyue-e2e serve --assets frontend/dist $(if $(ARCHIVE),--archive "$(ARCHIVE)")

generate: ## write frontend/wailsjs and codes.json anew from the Go side
	@mkdir -p $(BIN)
	$(GO) build -tags bindings,$(TAGS) -o $(BIN)/diaoyue-bindings .
	@$(BIN)/diaoyue-bindings >/dev/null
	@find frontend/wailsjs -type f -exec chmod 0644 {} +
	@# our own class Record hides TypeScript's Record<K, V> inside the generated namespace
	@sed -i 's/: Record<string, *string>/: {[key: string]: string}/g' frontend/wailsjs/go/models.ts
	$(GO) test -tags $(TAGS) -count=1 -run 'TestCodes' . -update

licences: web-deps ## write the table in docs/third-party.md anew
	@sed -i '/^| module or package/,$$d' docs/third-party.md && .ci/licences.sh >> docs/third-party.md

fmt: tools ## format Go and front end
	$(BIN)/golangci-lint fmt
	cd frontend && npm run format

lint: deps tools frontend/dist/index.html ## golangci-lint, vue-tsc, eslint, prettier, shell syntax, generated files up to date
	$(BIN)/golangci-lint run --build-tags $(TAGS) ./...
	$(BIN)/golangci-lint run --build-tags e2e,$(TAGS) . ./backend/desktop/...
	cd frontend && npm run lint
	@for f in .ci/run .ci/packages .ci/hooks/pre-commit frontend/e2e/*.sh; do [ ! -f "$$f" ] || sh -n "$$f"; done
	@$(MAKE) --no-print-directory generated

.PHONY: generated
generated:
	@rm -rf $(BIN)/wailsjs-before && cp -r frontend/wailsjs $(BIN)/wailsjs-before
	@$(MAKE) --no-print-directory generate
	@diff -r $(BIN)/wailsjs-before frontend/wailsjs || { echo 'frontend/wailsjs is not what the Go side says: make generate, and commit it' >&2; exit 1; }

test: test-deps ## all tests: Go, front end, browser, real window
	@$(MAKE) --no-print-directory test-go
	@$(MAKE) --no-print-directory test-web
	@$(MAKE) --no-print-directory e2e
	@$(MAKE) --no-print-directory test-window

test-go: frontend/dist/index.html $(OCR) $(SPEECH)
	$(GO) test -tags $(TAGS) ./...
	$(GO) test -tags e2e,$(TAGS) . ./backend/desktop/... ./backend/cli/...

test-web: web-deps
	cd frontend && npm test

e2e: e2e-binary ## drive the program in Debian's Chromium (playwright-core)
	cd frontend && npm run e2e

test-window: build e2e-binary ## the production binary in a real window under Xvfb
	$(GO) test -tags window,$(TAGS) -count=1 -run 'TestWindow' .

SEARCH_CASES ?= ../shared/data/search/cases_synth.jsonl.zst
.PHONY: bench-search
bench-search: lab ## quoted search against Bleve's cjk and SQLite's trigram, an oracle, 250,000 places
	cd build/bench/search && $(GO) build -o ../../bin/bench-search-peer .
	python3 build/bench/search/bench.py $(BIN)/diaoyue-lab $(BIN)/bench-search-peer $(SEARCH_CASES) --rounds $(BENCH_ROUNDS)

DOCUMENTS ?= ../shared/data/documents
TEXT_BENCH_DEPS := tesseract-ocr tesseract-ocr-chi-sim poppler-utils python3
.PHONY: bench-text
bench-text: lab frontend/dist/index.html ## scans and papers: errors against tesseract and pdftotext, page to glass, states, memory
	@.ci/packages "$(SUDO)" $(TEXT_BENCH_DEPS)
	BENCH_DOCUMENTS=$(abspath $(DOCUMENTS)) $(GO) test -tags bench,$(TAGS) -count=1 -run TestBenchGlass -v ./backend/desktop > $(BIN)/glass.txt || { cat $(BIN)/glass.txt; exit 1; }
	python3 build/bench/text/bench.py $(BIN)/diaoyue-lab $(DOCUMENTS) --rounds $(BENCH_ROUNDS) --glass $(BIN)/glass.txt

.PHONY: bench-media bench-player bench-clips verify-media hostile-media hostile-text fuzz faults
BENCH_ROUNDS ?= 5
BENCH_ONLY   ?=
VERIFY_FULL  ?=
HOSTILE      ?= 2000
FUZZTIME     ?= 10s
FIRST        := $(shell [ "$$(id -u)" = 0 ] && echo nice -n -20)

bench-clips:
	@.ci/packages "$(SUDO)" $(BENCH_DEPS)
	@build/bench/media/make_clips.sh build/bench/clips

bench-media: lab bench-clips ## frames, seeks and steps against ffmpeg, FFMS2 and mpv (BENCH_ROUNDS, BENCH_ONLY)
	@mkdir -p build/bench/bin
	$(CC) -O2 -o build/bench/bin/ffms_bench build/bench/media/ffms_bench.c $$(pkg-config --cflags --libs ffms2)
	python3 build/bench/media/bench.py --rounds $(BENCH_ROUNDS) --only "$(BENCH_ONLY)"

bench-player: e2e-binary ## the player in the real window: frames shown, first frame, scrub, sound (BENCH_ONLY=first,play,speeds,scrub,drift)
	@.ci/packages "$(SUDO)" $(BENCH_DEPS) pulseaudio gstreamer1.0-pulseaudio
	BENCH_ONLY="$(BENCH_ONLY)" $(GO) test -tags window,$(TAGS) -count=1 -timeout 20m -run 'TestBenchPlayer' .

verify-media: lab ## every frame of every test recording, in every order, against the ffmpeg program (VERIFY_FULL=1: the full-size clips too)
	@.ci/packages "$(SUDO)" $(BENCH_DEPS)
	@build/bench/media/make_clips.sh build/bench/clips/small small
	@[ -z "$(VERIFY_FULL)" ] || build/bench/media/make_clips.sh build/bench/clips
	build/bench/media/verify.sh $(BIN)/diaoyue-lab ../shared/data/media build/bench/clips/small $(if $(VERIFY_FULL),build/bench/clips)

hostile-media: lab ## HOSTILE=2000 mutated recordings through the sandboxed media worker
	@build/bench/media/make_clips.sh build/bench/clips/small small
	$(BIN)/diaoyue-lab media hostile --count $(HOSTILE) build/bench/clips/small/*

hostile-text: lab ## HOSTILE=2000 mutated papers of every kind in DOCUMENTS through the extractor in its worker
	$(BIN)/diaoyue-lab text hostile --count $(HOSTILE) $$(find $(DOCUMENTS) -type f -size -2M | sort)

fuzz: frontend/dist/index.html ## every fuzz target of the tree for FUZZTIME (10s); stops at the first finding
	@grep -rlE '^func Fuzz' --include=*_test.go --exclude-dir=node_modules . | sort | while read -r f; do \
	  for t in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$f"); do \
	    echo "$${f%/*} $$t"; \
	    $(GO) test -tags $(TAGS) -run '^$$' -fuzz "^$$t\$$" -fuzztime $(FUZZTIME) "$${f%/*}" </dev/null || exit 1; \
	  done; \
	done

faults: test-deps lab frontend/dist/index.html ## custody's heavy figures: one row each, exits non-zero on a miss
	@$(GO) vet -tags faults,$(TAGS) ./backend/... # builds everything, on all cores
	@# one room after the other: a rate is not measured beside another room's work
	@# and, where that is allowed, before whatever else the machine does
	$(FIRST) $(GO) test -tags faults,$(TAGS) -p 1 -count=1 -timeout 30m -run '^TestFigure' -v ./backend/... 2>&1 | $(BIN)/diaoyue-lab figures

race: ## the Go tests under the race detector
	$(GO) test -race -tags $(TAGS) ./...

check: lint test ## what CI runs

clean: ## remove what was built (tools stay)
	rm -rf frontend/dist/assets frontend/dist/index.html frontend/e2e/.out
	rm -f $(BIN)/diaoyue $(BIN)/diaoyue-e2e $(BIN)/diaoyue-lab $(BIN)/bench-search-peer $(BIN)/diaoyue-verify* $(BIN)/diaoyue-bindings
	rm -rf $(BIN)/wailsjs-before
