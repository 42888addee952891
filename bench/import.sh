#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# import.sh STUDYD GENERATOR: rows a second of `studyd import`, beside the sqlite3 shell's `.import` of the very same rows into tables
# with the same keys and indexes, in turns within one run. The shell checks nothing, makes nothing of the rows and need not read a data set:
# read the ratio. STUDIES, REPORTS and ROUNDS from the environment. Needs sqlite3.
set -eu
studyd=$1 generator=$2
studies=${STUDIES:-50000} reports=${REPORTS:-500000} rounds=${ROUNDS:-3}
command -v sqlite3 >/dev/null || { echo "this bench needs sqlite3 (Debian: apt-get install sqlite3)" >&2; exit 1; }
work=$(mktemp -d "${TMPDIR:-/tmp}/studyd-import-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT HUP TERM

# What the data set says; then what an import makes of it besides, but for the words of the search, which only studyd can enter.
said="programme edition region mechanism category institution institution_alias person person_alias study study_text study_alias award
    study_category study_hospital study_arm study_identifier study_link study_publication study_source plan report figure note"
made="rendered rendered_row study_region study_inclusion_region shown_report shown_count change stats_sum stats_value"

"$generator" "$work/set" "$studies" "$reports" 1
"$studyd" import --db "$work/reference.db" "$work/set" >/dev/null
mkdir "$work/rows"
for table in $said $made; do
    sqlite3 -csv "$work/reference.db" "SELECT * FROM \"$table\"" > "$work/rows/$table.csv"
done
rows() { for table; do sqlite3 "$work/reference.db" "SELECT count(*) FROM \"$table\""; done | awk '{n += $1} END {print n}'; }

# The same tables without types, checks and references: the shell's NULL is an empty text.
schema() {
    for table; do
        sqlite3 "$work/reference.db" "
            WITH k(of) AS (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info('$table') WHERE pk > 0 ORDER BY pk)),
            u(of) AS (SELECT group_concat(', UNIQUE (' || (SELECT group_concat(name, ', ') FROM pragma_index_info(l.name)) || ')', '')
                FROM pragma_index_list('$table') l WHERE l.origin = 'u')
            SELECT 'CREATE TABLE ' || name || ' (' || (SELECT group_concat(name || iif(type = 'INTEGER', ' INTEGER', ''), ', ')
                FROM pragma_table_info('$table')) || ', PRIMARY KEY (' || (SELECT of FROM k) || ')' || COALESCE((SELECT of FROM u), '') || ')' ||
                iif(sql LIKE '%WITHOUT ROWID%', ' WITHOUT ROWID', '') || ';'
            FROM sqlite_schema WHERE type = 'table' AND name = '$table';
            SELECT sql || ';' FROM sqlite_schema WHERE type = 'index' AND tbl_name = '$table' AND sql IS NOT NULL ORDER BY rowid"
    done
}
script() {
    echo "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY; BEGIN;"
    schema "$@"
    for table; do echo ".import --csv $work/rows/$table.csv $table"; done
    echo "COMMIT;"
}
# shellcheck disable=SC2086 # lists of words
{
    script $said > "$work/said.sql"
    script $said $made > "$work/all.sql"
    said_rows=$(rows $said) all_rows=$(rows $said $made)
}

# timed FILE COMMAND…: adds the seconds that went by, and those of CPU
timed() {
    out=$1
    shift
    rm -f "$work/new.db" "$work/new.db-wal" "$work/new.db-shm" "$work/new.db-image"
    begun=$(date +%s.%N)
    sh -c '"$@" >/dev/null; times' sh "$@" > "$work/times"
    ended=$(date +%s.%N)
    awk -v a="$begun" -v b="$ended" 'NR == 2 {split($1, u, /[ms]/); split($2, s, /[ms]/)
        printf "%.2f %.2f\n", b - a, u[1] * 60 + u[2] + s[1] * 60 + s[2]}' "$work/times" >> "$out"
}
for _ in $(seq "$rounds"); do
    timed "$work/studyd" "$studyd" import --db "$work/new.db" "$work/set"
    timed "$work/said" sqlite3 "$work/new.db" ".read $work/said.sql"
    timed "$work/all" sqlite3 "$work/new.db" ".read $work/all.sql"
done

median() { cut -d' ' -f"$2" "$work/$1" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
echo "$studies studies, $reports reports, medians of $rounds"
echo "| what | rows | s | s of CPU | rows/s | studyd beside it | by CPU |"
echo "|---|---|---|---|---|---|---|"
line() {
    awk -v t="$1" -v n="$2" -v s="$(median "$3" 1)" -v c="$(median "$3" 2)" -v ours="$(median studyd 1)" -v cpu="$(median studyd 2)" \
        'BEGIN {printf "| %s | %d | %.1f | %.1f | %d | %.2f | %.2f |\n", t, n, s, c, n / s, s / ours, c / cpu}'
}
line "studyd import" "$said_rows" studyd
line "the shell, the rows that the data set says" "$said_rows" said
line "the shell, the rows that studyd writes" "$all_rows" all
