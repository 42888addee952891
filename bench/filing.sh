#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# filing.sh BUILD: the tables of bench/filing.c over a synthetic register made for them, which is removed afterwards. STUDIES, REPORTS and
# bench/filing.c's own from the environment; TMPDIR should lie on the disk that is to be measured. Loopback only; about three minutes.
set -eu
build=$1
studies=${STUDIES:-10000} reports=${REPORTS:-100000}
work=$(mktemp -d "${TMPDIR:-/var/tmp}/studyd-filing-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT HUP TERM
sh tools/scale.sh "$build/studyd" "$build/gen/scale" "$work/register.db" "$studies" "$reports" 1
token=$("$build/studyd" token create --db "$work/register.db" --name bench --role reporter --programme synthetic)
sqlite3 "$work/register.db" ".backup '$work/register.db.bare'"
"$build/bench/filing" "$build/studyd" "$work/register.db" "$token"
