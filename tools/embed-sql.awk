# SPDX-License-Identifier: GPL-3.0-or-later
# db/sql/*.sql → C. A statement begins with a line "-- name: snake_case"; the comment lines after it say what it returns and
# which index serves it; the statement follows up to its semicolon. Gives enum db_statement and the table of texts.
BEGIN { count = 0 }
function flush_statement() {
    if (name == "") return
    if (text !~ /;[ \n]*$/) { print FILENAME ": " name ": no semicolon at the end" > "/dev/stderr"; failed = 1; exit 1 }
    if (comment == "") { print FILENAME ": " name ": no comment" > "/dev/stderr"; failed = 1; exit 1 }
    names[count] = name; texts[count] = text; count++
    name = ""; text = ""; comment = ""
}
FNR == 1 { flush_statement() }
/^-- name: / { flush_statement(); name = $3; if (name in seen) { print FILENAME ": " name " twice" > "/dev/stderr"; failed = 1; exit 1 } seen[name] = 1; next }
/^--/ { comment = comment $0; next }
/^[ \t]*$/ { next }
{ if (name == "") { print FILENAME ":" FNR ": statement without a name" > "/dev/stderr"; failed = 1; exit 1 } text = text $0 "\n" }
END {
    if (failed) exit 1
    flush_statement()
    print "/* made from db/sql/ by tools/embed-sql.awk */"
    print "enum db_statement {"
    for (i = 0; i < count; i++) print "    STMT_" names[i] ","
    print "    STMT_COUNT"
    print "};"
    print "#ifdef DB_STATEMENT_TEXTS"
    print "static const struct { const char *name, *sql; } db_statements[STMT_COUNT] = {"
    for (i = 0; i < count; i++) {
        gsub(/\\/, "\\\\", texts[i]); gsub(/"/, "\\\"", texts[i]); gsub(/\n/, "\\n\"\n     \"", texts[i])
        print "    [STMT_" names[i] "] = {\"" names[i] "\",\n     \"" texts[i] "\"},"
    }
    print "};"
    print "#endif"
}
