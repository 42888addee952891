# SPDX-License-Identifier: GPL-3.0-or-later
# open.py FILE...: what csv.DictReader makes of each table, as JSON. FILE-nb.csv is of the dialect excel-nb.
import csv
import json
import sys

tables = []
for name in sys.argv[1:]:
    excel = name.endswith("-nb.csv")
    with open(name, encoding="utf-8-sig" if excel else "utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter=";" if excel else ",", strict=True)
        tables.append({"rows": list(reader), "columns": reader.fieldnames})
json.dump(tables, sys.stdout)
