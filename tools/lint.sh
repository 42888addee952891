#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the compiler does not see: which room may know which library, how long a function may be, which calls are forbidden.
set -u
faults=0
fault() { echo "lint: $*" >&2; faults=1; }

# refuse WHY PATTERN FILE…
refuse() {
    why=$1 pattern=$2
    shift 2
    hits=$(grep -nE "$pattern" "$@" 2>/dev/null) && { fault "$why"; echo "$hits" >&2; }
    return 0
}

refuse 'sqlite3 outside db/' '#include [<"]sqlite3' base/*.[ch] server/*.[ch] handlers/*.[ch] ingest/*.[ch]
refuse 'jansson in db/ or base/' '#include [<"]jansson' base/*.[ch] db/*.[ch]
refuse 'libmicrohttpd outside server/' '#include [<"]microhttpd' base/*.[ch] db/*.[ch] handlers/*.[ch] ingest/*.[ch]
refuse 'db knows nobody above it' '#include "(server|handlers|ingest)/' db/*.[ch]
refuse 'handlers and ingest do not know the server' '#include "server/' handlers/*.[ch] ingest/*.[ch]
refuse 'base knows nobody' '#include "(server|handlers|ingest|db)/' base/*.[ch]
refuse 'ingest does not know the handlers' '#include "handlers/' ingest/*.[ch]
refuse 'SQL outside db/' '"(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA) ' server/*.c handlers/*.c ingest/*.c
refuse 'a forbidden call' '\b(atoi|atol|strtok|sprintf|vsprintf|strcpy|strcat|gets|system|popen)\(' server/*.c handlers/*.c ingest/*.c db/*.c base/*.c
for name in utils misc helpers common; do
    for room in server handlers ingest db tests; do
        if [ -e "$room/$name.c" ] || [ -e "$room/$name.h" ]; then fault "$room/$name: name it after what it does"; fi
    done
done
for file in server/*.[ch] handlers/*.[ch] ingest/*.[ch] db/*.[ch] base/*.[ch]; do
    head -n 1 "$file" | grep -q '^/\* SPDX-License-Identifier: GPL-3.0-or-later' || fault "$file: no SPDX line"
    lines=$(wc -l < "$file")
    [ "$lines" -le 500 ] || fault "$file: $lines lines; at most 500"
    awk -v f="$file" '/^\{/ {start = FNR} /^\}/ {if (start && FNR - start > 80) {print "lint: " f ":" start ": a function of " FNR - start " lines; at most 80"; bad = 1} start = 0} END {exit bad}' "$file" >&2 || faults=1
done
mhd=$(grep -lE '\bMHD_[a-z]' server/*.c | wc -l)
[ "$mhd" -le 3 ] || fault "MHD calls in $mhd files; keep them in worker.c, http.c and reply.c"
exit $faults
