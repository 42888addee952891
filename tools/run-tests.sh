#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run-tests.sh DIR: runs every test program under DIR/tests and adds up what they say. Exchanges with the daemon are
# recorded in DIR/exchanges.ndjson for the contract check.
set -eu
dir=$(cd "$1" && pwd)
exchanges=$dir/exchanges.ndjson
rm -f "$exchanges"
STUDYD_SOURCE=$(pwd)
export STUDYD_SOURCE STUDYD="$dir/studyd" STUDYD_EXCHANGES="$exchanges"
export CK_DEFAULT_TIMEOUT="${CK_DEFAULT_TIMEOUT:-120}"
export ASAN_OPTIONS="${ASAN_OPTIONS:-abort_on_error=0:exitcode=99}" UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS="${TSAN_OPTIONS:-exitcode=99}"

passed=0 failed=0
for source in tests/*/test_*.c; do
    program=$dir/${source%.c}
    log=$dir/log/$(basename "$program").log
    mkdir -p "$dir/log"
    rc=0
    "$program" > "$log" 2>&1 || rc=$?
    # Check's closing line: "98%: Checks: 50, Failures: 1, Errors: 0"
    sums=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$log" | awk '{c += $1; b += $2 + $3} END {print c + 0, b + 0}')
    checks=${sums% *} bad=${sums#* }
    # A program that ended badly without saying which check failed has failed once; one that ran nothing too.
    if [ "$rc" != 0 ] && [ "$bad" = 0 ]; then bad=1; checks=$((checks + 1)); fi
    if [ "$checks" = 0 ]; then bad=1; checks=1; fi
    passed=$((passed + checks - bad)) failed=$((failed + bad))
    if [ "$bad" != 0 ]; then
        echo "--- ${source%.c} (exit $rc)"
        tail -n 60 "$log"
    else
        printf '%-36s %5d checks\n' "${source%.c}" "$checks"
    fi
done
echo "$1: $passed passed, $failed failed"
echo "$passed $failed" > "$dir/sums"
[ "$failed" = 0 ]
