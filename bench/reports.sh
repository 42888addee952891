#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck disable=SC2154 # p is set by the trap's own loop
# reports.sh STUDYD: what the kept sums cost with the portfolio's own few reports, and with REPORTS of them for each of twenty studies.
# Two daemons without a cache of answers, asked in turns within one run: read the ratio. Needs wrk. Loopback only; about a minute.
set -eu
studyd=$1
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-2} reports=${REPORTS:-5000}
command -v wrk >/dev/null || { echo "bench needs wrk (Debian: apt-get install wrk)" >&2; exit 1; }
work=$(mktemp -d)
pids=
trap 'for p in $pids; do kill "$p" 2>/dev/null || :; done; rm -rf "$work"' EXIT

cp -r data/klinbeforsk-2024 "$work/many"
awk -F, -v most="$reports" 'NR > 1 && NR <= 21 {
    n = 0
    for (y = 2000; n < most; y++) for (m = 1; m <= 12 && n < most; m++) for (d = 1; d <= 28 && n < most; d++)
        printf "%s,vest,%04d-%02d-%02d,%d,\n", $1, y, m, d, ++n
}' data/klinbeforsk-2024/studies.csv >> "$work/many/reports.csv"
"$studyd" import --db "$work/few.db" data/klinbeforsk-2024
"$studyd" import --db "$work/many.db" "$work/many"
echo "$(($(wc -l < data/klinbeforsk-2024/reports.csv) - 1)) and $(($(wc -l < "$work/many/reports.csv") - 1)) reports"

# start NAME: sets url
start() {
    "$studyd" serve --db "$work/$1.db" --listen 127.0.0.1:0 --workers 1 --cache-bytes 0 > "$work/$1.out" 2> "$work/$1.err" &
    pids="$pids $!"
    for _ in $(seq 100); do
        grep -q '^listening on ' "$work/$1.out" && break
        sleep 0.1
    done
    url=$(sed -n 's/^listening on //p' "$work/$1.out")
}
start few && few=$url
start many && many=$url

# median microseconds per request of one connection
median() { sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ask() { wrk -t1 -c1 -d"$seconds" "$1" | awk '/Requests\/sec/ { printf "%.1f\n", 1e6 / $2 }'; }
for path in /stats/regions /stats/summary; do
    : > "$work/a" && : > "$work/b"
    for _ in $(seq "$rounds"); do
        ask "$few$path" >> "$work/a"
        ask "$many$path" >> "$work/b"
    done
    a=$(median "$work/a") b=$(median "$work/b")
    echo "$path: $a µs with few reports, $b µs with many, ratio $(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.2f", b / a }')"
done
