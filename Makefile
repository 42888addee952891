# SPDX-License-Identifier: GPL-3.0-or-later
# The only entry point. `make help` lists the targets.

VERSION  := 0.1.0
VARIANT  ?= release
BUILD    ?= build
CC       ?= cc
PKGS     := libmicrohttpd jansson sqlite3 libsodium zlib
WARN     := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings \
            -Wvla -Wformat=2 -Wundef -Wno-missing-field-initializers
HARDEN   := -fPIE -fstack-protector-strong
LDHARDEN := -pie -Wl,-z,relro,-z,now

OPT_release := -O2 -g -D_FORTIFY_SOURCE=2
OPT_debug   := -O0 -g3
OPT_asan    := -O1 -g3 -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all
OPT_tsan    := -O1 -g3 -fsanitize=thread -fno-omit-frame-pointer
OPT_cov     := -O0 -g3 --coverage -fprofile-update=atomic

# One short line a step; `make V=1` shows the commands.
Q   := $(if $(V),,@)
say  = @$(if $(V),:,printf '  %-5s %s\n' $(1) $(2))

# The release build is build/studyd; every other variant lives in a folder of its own.
DIR      := $(if $(filter release,$(VARIANT)),$(BUILD),$(BUILD)/$(VARIANT))
OPT      := $(OPT_$(VARIANT))
# Empty where pkg-config is still missing: then only the targets that install it make sense.
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
CFLAGS_ALL = -std=gnu17 $(OPT) $(WARN) $(HARDEN) -pthread -I. -I$(DIR) -DSTUDYD_VERSION=\"$(VERSION)\" \
             $(PKG_CFLAGS) $(CFLAGS)
LDLIBS   = $(PKG_LIBS) -pthread -lm

SOURCES  := $(sort $(wildcard server/*.c handlers/*.c ingest/*.c db/*.c base/*.c))
OBJECTS  := $(SOURCES:%.c=$(DIR)/obj/%.o)
LIBRARY  := $(DIR)/libstudyd.a
HEADERS  := $(sort $(wildcard server/*.h server/*.def handlers/*.h handlers/*.def ingest/*.h db/*.h base/*.h))
SQL      := $(sort $(wildcard db/sql/*.sql db/migrations/*.sql))
GEN      := $(DIR)/gen/db_statements.h $(DIR)/gen/db_migrations.h $(DIR)/gen/openapi_bytes.h
TESTS    := $(sort $(wildcard tests/*/test_*.c))
TESTBINS := $(TESTS:%.c=$(DIR)/%)
TESTLIB  := $(patsubst %.c,$(DIR)/obj/%.o,$(sort $(wildcard tests/*.c)))

.PHONY: all
all: $(DIR)/studyd

$(DIR)/studyd: $(DIR)/obj/server/main.o $(LIBRARY)
	$(call say,LD,$@)
	$(Q)$(CC) $(OPT) $(LDHARDEN) -o $@ $^ $(LDLIBS)

$(LIBRARY): $(filter-out $(DIR)/obj/server/main.o,$(OBJECTS))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(DIR)/obj/%.o: %.c | $(GEN)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# ── generated: statements, migrations and the contract become C ──────────────────────────────────────────────
$(DIR)/gen/db_statements.h: $(sort $(wildcard db/sql/*.sql)) tools/embed-sql.awk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)awk -f tools/embed-sql.awk $(filter %.sql,$^) > $@.tmp && mv $@.tmp $@

$(DIR)/gen/db_migrations.h: $(sort $(wildcard db/migrations/*.sql)) tools/embed-migrations.awk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)awk -f tools/embed-migrations.awk $(filter %.sql,$^) > $@.tmp && mv $@.tmp $@

# yaml2json runs at build time only; it is built without the variant's instruments.
$(DIR)/gen/yaml2json: tools/yaml2json.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu17 -O1 $(WARN) -o $@ $< $(shell pkg-config --cflags --libs yaml-0.1 jansson)

$(DIR)/gen/openapi.json: openapi.yaml $(DIR)/gen/yaml2json
	$(Q)$(DIR)/gen/yaml2json < $< > $@.tmp && mv $@.tmp $@

$(DIR)/gen/openapi_bytes.h: openapi.yaml $(DIR)/gen/openapi.json tools/embed-bytes.sh
	$(call say,GEN,$@)
	$(Q)sh tools/embed-bytes.sh openapi_yaml openapi.yaml openapi_json $(DIR)/gen/openapi.json > $@.tmp && mv $@.tmp $@

# Names this build in ETags: another program may represent the same data otherwise.
$(DIR)/gen/build_id.h: $(SOURCES) $(HEADERS) $(SQL) openapi.yaml
	@mkdir -p $(@D)
	@printf '#define STUDYD_BUILD "%s"\n' "$$(cat $(sort $^) | sha256sum | cut -c1-8)" > $@

$(DIR)/obj/server/etag.o: $(DIR)/gen/build_id.h
$(DIR)/obj/server/etag.o: CFLAGS += -include $(DIR)/gen/build_id.h

# One loop over all studies: worth the optimizer's time.
ifeq ($(VARIANT),release)
$(DIR)/obj/db/image_stats.o $(DIR)/obj/db/image_filter.o: CFLAGS += -O3
endif

-include $(OBJECTS:.o=.d) $(TESTBINS:=.d)

# ── the two commands ─────────────────────────────────────────────────────────────────────────────────────────
DB     ?= var/studyd.db
LISTEN ?= 127.0.0.1:8080

.PHONY: run
run: ## install what is missing, build, import the data set on first use, serve
	@sh tools/deps.sh run
	@$(MAKE) --no-print-directory all
	@sh tools/run.sh $(BUILD)/studyd $(DB) $(LISTEN)

# A register of any size to measure on. It is never mixed into one that is there.
STUDIES  ?= 10000
REPORTS  ?= 100000
SEED     ?= 1
SCALE_DB := $(if $(filter file,$(origin DB)),var/scale.db,$(DB))

$(DIR)/gen/scale: $(sort $(wildcard tools/scale/*.c)) tools/scale/scale.h
	$(call say,TOOL,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu17 -O2 $(WARN) -I. -o $@ $(filter %.c,$^)

.PHONY: scale
scale: all $(DIR)/gen/scale ## a synthetic register: make scale DB=FILE STUDIES=N REPORTS=N SEED=N
	@sh tools/scale.sh $(DIR)/studyd $(DIR)/gen/scale $(SCALE_DB) $(STUDIES) $(REPORTS) $(SEED)

.PHONY: test
test: ## install what tests need, run everything
	@sh tools/deps.sh test
	@BUILD=$(BUILD) sh tools/test.sh

.PHONY: deps
deps: ## install what building and testing need
	@sh tools/deps.sh test

# ── tests ────────────────────────────────────────────────────────────────────────────────────────────────────
TEST_CFLAGS := -Itests $(shell pkg-config --cflags check libcurl 2>/dev/null)
TEST_LIBS   := $(shell pkg-config --libs check libcurl 2>/dev/null)
$(TESTLIB): CFLAGS += $(TEST_CFLAGS)

$(DIR)/tests/%: tests/%.c $(TESTLIB) $(LIBRARY)
	$(call say,TEST,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(TEST_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(TESTLIB) $(LIBRARY) \
	    $(LDHARDEN) $(TEST_LIBS) $(LDLIBS)

.PHONY: test-bins
test-bins: $(DIR)/studyd $(DIR)/gen/scale $(TESTBINS) ## build every test program of VARIANT

.PHONY: check-unit asan tsan cov
check-unit: test-bins ## run the Check tests of VARIANT
	@sh tools/run-tests.sh $(DIR)
asan: ## the tests under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory VARIANT=asan check-unit
tsan: ## the tests under ThreadSanitizer
	@$(MAKE) --no-print-directory VARIANT=tsan check-unit
cov: ## the tests with coverage; report in build/cov/coverage.txt
	@$(MAKE) --no-print-directory VARIANT=cov check-unit
	@gcovr --root . --object-directory $(BUILD)/cov --gcov-ignore-parse-errors --exclude 'tests/' --exclude 'tools/' --branches --txt $(BUILD)/cov/branches.txt $(BUILD)/cov >/dev/null
	@gcovr --root . --object-directory $(BUILD)/cov --gcov-ignore-parse-errors --exclude 'tests/' --exclude 'tools/' --txt $(BUILD)/cov/coverage.txt --print-summary $(BUILD)/cov

.PHONY: contract
contract: $(DIR)/studyd ## the contract: lint, routes both ways, exchanges recorded by check-unit
	@sh tools/contract.sh $(DIR)

.PHONY: faults
faults: all $(DIR)/gen/scale ## kill -9 during imports and filings, SIGTERM under load, what is on disk when, backups, secrets
	@STUDYD=$(CURDIR)/$(DIR)/studyd sh tools/node.sh --test tests/faults/*.test.js

.PHONY: check-data
check-data: ## compare the data set with the report's text: make check-data REPORT=FILE
	node tests/data/against-report.js $(REPORT)

# ── house-keeping ────────────────────────────────────────────────────────────────────────────────────────────
C_FILES = $(sort $(wildcard server/*.[ch] handlers/*.[ch] ingest/*.[ch] db/*.[ch] base/*.[ch] tests/*.[ch] tests/*/*.[ch] tools/*.c tools/*/*.[ch] bench/*.[ch]))
.PHONY: format lint tidy
format: ## lay out the C sources
	clang-format -i $(C_FILES)
lint: $(GEN) ## formatting, layers, sizes, forbidden calls, shell
	clang-format --dry-run --Werror $(C_FILES)
	sh tools/lint.sh
	shellcheck tools/*.sh .ci/run
tidy: $(GEN) ## clang-tidy over the sources
	@printf '%s\n' $(SOURCES) | xargs -P 2 -n 12 sh -c 'clang-tidy --quiet "$$@" -- $(filter-out -Werror,$(CFLAGS_ALL)) 2>/dev/null' tidy

.PHONY: bench
bench: all ## load figures beside a ceiling measured in the same run
	@sh bench/run.sh $(BUILD)/studyd

BENCH := bench/queries.c bench/pages.c bench/sums.c bench/questions.c bench/table.c bench/ask.c bench/bare_sql.c
$(DIR)/bench/queries: $(BENCH) $(wildcard bench/*.h) $(LIBRARY)
	$(call say,BENCH,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $(BENCH) $(LIBRARY) $(LDHARDEN) $(LDLIBS)

BENCH_FILING := $(addprefix bench/,filing.c reading.c bare_filing.c filers.c served.c table.c ask.c)
$(DIR)/bench/filing: $(BENCH_FILING) $(wildcard bench/*.h) $(LIBRARY)
	$(call say,BENCH,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -o $@ $(BENCH_FILING) $(LIBRARY) $(LDHARDEN) $(LDLIBS)

.PHONY: bench-filing
bench-filing: all $(DIR)/gen/scale $(DIR)/bench/filing ## filings a second beside bare commits, and reading meanwhile: make bench-filing STUDIES=N REPORTS=N
	@STUDIES=$(STUDIES) REPORTS=$(REPORTS) sh bench/filing.sh $(DIR)

.PHONY: bench-import
bench-import: all $(DIR)/gen/scale ## rows a second of an import beside the sqlite3 shell's .import: make bench-import STUDIES=N REPORTS=N
	@sh bench/import.sh $(DIR)/studyd $(DIR)/gen/scale

.PHONY: bench-queries
bench-queries: all $(DIR)/bench/queries ## figures of a register beside the same questions in bare SQL: make bench-queries DB=FILE
	@sh bench/queries.sh $(DIR) $(DB)

.PHONY: image
image: ## the container image (needs docker, podman or buildah)
	sh tools/image.sh $(VERSION)

PREFIX ?= /usr/local
.PHONY: install
install: all ## copy the program to PREFIX
	install -D -m 755 $(BUILD)/studyd $(DESTDIR)$(PREFIX)/bin/studyd

.PHONY: clean
clean: ## remove what was built; var/ stays
	rm -rf $(BUILD)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' Makefile
