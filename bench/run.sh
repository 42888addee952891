#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh STUDYD: requests per second and CPU per request, studyd beside the ceiling (bench/bare.c with the very same bytes), in turns
# shellcheck disable=SC2154,SC2046 # variables set by eval in start and measure
# within one run. Machines are noisy: read the ratios. Needs wrk and curl. Loopback only; about three minutes.
set -eu
studyd=$1
rounds=${ROUNDS:-3} seconds=${SECONDS_EACH:-2}
command -v wrk >/dev/null || { echo "bench needs wrk (Debian: apt-get install wrk)" >&2; exit 1; }
work=$(mktemp -d)
pids=
trap 'for p in $pids; do kill "$p" 2>/dev/null || :; done; rm -rf "$work"' EXIT

cc -std=gnu17 -O2 -o "$work/bare" bench/bare.c $(pkg-config --cflags --libs libmicrohttpd)
"$studyd" import --db "$work/db" data/klinbeforsk-2024 >/dev/null
cp "$work/db" "$work/db2"

# start NAME COMMAND…: sets url_NAME and pid_NAME
start() {
    name=$1
    shift
    "$@" > "$work/$name.out" 2> "$work/$name.err" &
    pids="$pids $!"
    eval "pid_$name=$!"
    for _ in $(seq 100); do
        grep -q '^listening on ' "$work/$name.out" && break
        sleep 0.1
    done
    eval "url_$name=$(sed -n 's/^listening on //p' "$work/$name.out")"
}
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }

# measure NAME CONNECTIONS TARGET: requests per second, microseconds of CPU per request, errors
measure() {
    eval "pid=\$pid_$1 url=\$url_$1"
    before=$(ticks "$pid")
    wrk -t1 -c"$2" -d"${seconds}s" --latency ${header:+-H "$header"} "$url$3" > "$work/wrk"
    after=$(ticks "$pid")
    awk -v cpu=$(( (after - before) * 10000 )) '/requests in/ {n = $1} /Requests\/sec/ {r = $2} /99%/ {p = $2} /Non-2xx|Socket errors/ {e = $0}
        END {printf "%.0f %.1f %s %s\n", r, n ? cpu / n : 0, p, e ? e : "-"}' "$work/wrk"
}
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

# compare TITLE CONNECTIONS TARGET [HEADER]
compare() {
    title=$1 connections=$2 target=$3 header=${4:-}
    : > "$work/s"; : > "$work/b"
    for _ in $(seq "$rounds"); do
        measure "${server:-studyd}" "$connections" "$target" >> "$work/s"
        header='' measure bare "$connections" / >> "$work/b"
    done
    s=$(cut -d' ' -f1 "$work/s" | median) b=$(cut -d' ' -f1 "$work/b" | median)
    sc=$(cut -d' ' -f2 "$work/s" | median) bc=$(cut -d' ' -f2 "$work/b" | median)
    errors=$(awk '$4 != "-"' "$work/s" | wc -l)
    awk -v t="$title" -v c="$connections" -v s="$s" -v b="$b" -v sc="$sc" -v bc="$bc" -v e="$errors" \
        'BEGIN {printf "| %-28s | %4d | %7d | %7d | %5.2f | %5.1f | %5.1f | %5.2f | %d |\n", t, c, s, b, b ? s / b : 0, sc, bc, bc ? sc / bc : 0, e}'
}

start studyd "$studyd" serve --db "$work/db" --listen 127.0.0.1:0 --workers 1 --log-level error --max-connections-per-address 0
echo "| question | connections | studyd req/s | ceiling req/s | ratio | studyd CPU us | ceiling CPU us | ratio | runs with errors |"
echo "|---|---|---|---|---|---|---|---|---|"
against() {
    curl -s "$url_studyd$1" > "$work/bytes"
    start bare "$work/bare" "$work/bytes"
}
against /studies/aneed
for connections in 1 64 127 128 256 384; do compare "card" $connections /studies/aneed; done
# A 304 out of the cache carries the Content-Length of its 200, as it may; wrk then waits for a body. So this one has no cache.
start uncached "$studyd" serve --db "$work/db2" --listen 127.0.0.1:0 --workers 1 --log-level error --max-connections-per-address 0 --cache-bytes 0
tag=$(curl -sI "$url_uncached/studies/aneed" | sed -n 's/^[Ee][Tt]ag: *//p' | tr -d '\r')
server=uncached
compare "poll answered by 304" 64 /studies/aneed "If-None-Match: $tag"
compare "card, no cache" 64 /studies/aneed
server=studyd
kill "$pid_bare"
against '/studies?limit=20'
server=uncached
compare "page of 20 studies, no cache" 64 '/studies?limit=20'
server=studyd
compare "page of 20 studies" 64 '/studies?limit=20'
compare "page of 20 studies, gzip" 64 '/studies?limit=20' 'Accept-Encoding: gzip'
kill "$pid_bare"
against /stats/regions
compare "region statistics" 64 /stats/regions
