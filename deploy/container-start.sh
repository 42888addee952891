#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The container's start: loads the data sets that came with the image (the same edition again changes nothing), then becomes the
# daemon, which gets the container's signals.
set -eu
for edition in /usr/share/studyd/data/*/edition.json; do
    /usr/bin/studyd import --db "$STUDYD_DB" "$(dirname "$edition")"
done
exec /usr/bin/studyd serve "$@"
