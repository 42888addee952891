#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Files → a C header on stdout:  embed-bytes.sh name file [name file …]
# Each becomes  static const unsigned char name[] = {…};  enum { name_len = N };
set -eu

fail() {
    echo "embed-bytes: $1" >&2
    exit 1
}

if [ $# -eq 0 ] || [ $(($# % 2)) -ne 0 ]; then fail "expected: name file [name file …]"; fi
echo "/* made by tools/embed-bytes.sh */"
while [ $# -gt 0 ]; do
    case $1 in
    '' | [0-9]* | *[!A-Za-z0-9_]*) fail "not a name in C: $1" ;;
    esac
    if [ ! -f "$2" ] || [ ! -r "$2" ]; then fail "cannot read: $2"; fi
    len=$(($(wc -c < "$2")))
    echo "static const unsigned char $1[] = {"
    # C has no array of no bytes; the length stays 0.
    if [ "$len" -eq 0 ]; then echo "0"; else od -An -v -tu1 "$2" | sed -e 's/^ *//' -e 's/  */,/g' -e 's/$/,/'; fi
    echo "};"
    echo "enum { $1_len = $len };"
    shift 2
done
