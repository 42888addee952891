#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Everything that has to hold, in the order in which a fault is cheapest to find. Ends with one line that adds it up.
set -u
build=${BUILD:-build}
jobs=$(nproc)
failed_steps=
step() {
    name=$1
    shift
    echo "== $name"
    "$@" || failed_steps="$failed_steps $name"
}
make() { command make --no-print-directory -j "$jobs" BUILD="$build" "$@"; }

step build make all
step lint make lint
step clang make BUILD="$build/clang" CC=clang all
step tidy make tidy
step tests make check-unit
step contract make contract
step faults make faults
step asan make asan
step tsan make tsan
step coverage make cov

passed=0 failed=0
for sums in "$build/sums" "$build/asan/sums" "$build/tsan/sums" "$build/cov/sums"; do
    if [ -r "$sums" ]; then
        read -r p f < "$sums"
        passed=$((passed + p)) failed=$((failed + f))
    fi
done
echo
[ -z "$failed_steps" ] || { echo "failed steps:$failed_steps"; [ "$failed" != 0 ] || failed=1; }
echo "$passed passed, $failed failed"
[ -z "$failed_steps" ]
