#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# contract.sh DIR: lints openapi.yaml, compares it with the daemon of DIR, runs the examples of the pages, opens every table in Python, R and
# LibreOffice, asks at random beside a model, and checks the exchanges recorded there.
set -eu
dir=$(cd "$1" && pwd)
[ ! -x build/node/bin/node ] || PATH="$(pwd)/build/node/bin:$PATH"
if [ ! -e tests/node_modules/.made ] || ! cmp -s tests/package-lock.json tests/node_modules/.made; then
    (cd tests && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp tests/package-lock.json tests/node_modules/.made
fi
STUDYD=$dir/studyd
STUDYD_EXCHANGES=$dir/exchanges.ndjson
export STUDYD STUDYD_EXCHANGES REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
(cd tests && npm run --silent lint)
node --test tests/contract/*.test.js tests/data/*.test.js tests/formats/*.test.js tests/queries/*.test.js
(cd tests && npm run --silent exchanges)
