#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# scale.sh STUDYD GENERATOR DB STUDIES REPORTS SEED: a synthetic register in the new file DB. The data set that it is imported from
# lies beside DB meanwhile.
set -eu
studyd=$1 generator=$2 db=$3 studies=$4 reports=$5 seed=$6

if [ -e "$db" ]; then
    echo "scale: $db is there already; synthetic data go into a file of their own: remove it, or name another with DB=FILE" >&2
    exit 1
fi
mkdir -p "$(dirname "$db")"
folder=$(mktemp -d "$db.data-XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT HUP TERM
"$generator" "$folder/set" "$studies" "$reports" "$seed"
"$studyd" import --db "$db" "$folder/set"
