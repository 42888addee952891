# SPDX-License-Identifier: GPL-3.0-or-later
# cells.py FILE.fods...: the first sheet of each, as JSON: rows of cells {type, value, formula}; an empty cell is null.
import json
import sys
import xml.etree.ElementTree as ET

OFFICE, TABLE, TEXT = ("{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}" % name for name in ("office", "table", "text"))
VALUES = {"float": "value", "percentage": "value", "currency": "value", "date": "date-value", "time": "time-value", "boolean": "boolean-value"}
MARKS = {TEXT + "tab": "\t", TEXT + "line-break": "\n"}


def text_of(node):
    if node.tag == TEXT + "s":
        return " " * int(node.get(TEXT + "c", 1))
    inner = MARKS.get(node.tag, node.text or "")
    return inner + "".join(text_of(child) + (child.tail or "") for child in node)


def cell_of(node):
    kind = node.get(OFFICE + "value-type")
    if kind is None:
        return None
    value = node.get(OFFICE + VALUES[kind]) if kind in VALUES else "\n".join(text_of(p) for p in node.findall(TEXT + "p"))
    return {"type": kind, "value": value, "formula": node.get(TABLE + "formula")}


def row_of(node):
    cells = []
    for cell in node:
        cells += [cell_of(cell)] * int(cell.get(TABLE + "number-columns-repeated", 1))
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def sheet_of(name):
    rows = []
    for row in ET.parse(name).getroot().find(".//" + TABLE + "table").iter(TABLE + "table-row"):
        made = row_of(row)
        repeated = int(row.get(TABLE + "number-rows-repeated", 1))
        rows += [made] * (repeated if made else min(repeated, 1))
    while rows and not rows[-1]:
        rows.pop()
    return rows


json.dump([sheet_of(name) for name in sys.argv[1:]], sys.stdout)
