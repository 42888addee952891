#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh STUDYD DB LISTEN: imports the data sets of data/ (the same edition again changes nothing), says what to try, serves.
set -eu
studyd=$1 db=$2 listen=$3

mkdir -p "$(dirname "$db")"
for edition in data/*/edition.json; do
    "$studyd" import --db "$db" "$(dirname "$edition")"
done

cat <<END

Try, in another terminal:
  curl -s http://$listen/
  curl -s 'http://$listen/studies?category=neurological&sort=-amount_nok&limit=3&fields=id,name,amount_nok'
  curl -s http://$listen/studies/aneed
  curl -s http://$listen/studies/aneed/recruitment
  curl -s http://$listen/stats/regions
  curl -s http://$listen/programmes/klinbeforsk
The contract is at http://$listen/openapi.yaml. Stop with Ctrl-C.

END
exec "$studyd" serve --db "$db" --listen "$listen"
