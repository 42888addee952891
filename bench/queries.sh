#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# queries.sh BUILD FILE: the table of figures of bench/queries.c over a copy of FILE, which is removed afterwards. Loopback only; half a
# million studies take some ten minutes and twice the room of FILE (under TMPDIR).
set -eu
build=$1 file=$2
[ -f "$file" ] || { echo "bench: $file is not there: give DB=FILE, a register that studyd import or make scale has made" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cp "$file" "$work/register.db"
"$build/bench/queries" "$build/studyd" "$work/register.db"
