# SPDX-License-Identifier: GPL-3.0-or-later
# db/migrations/NNNN-what.sql → C: the table db_migrations, in order. Each runs once, in one transaction.
FNR == 1 { if (NR > 1) print "    \"\"},"; else { print "/* made from db/migrations/ by tools/embed-migrations.awk */"; print "static const struct { const char *name, *sql; } db_migrations[] = {" }
    n = split(FILENAME, part, "/"); print "    {\"" part[n] "\"," }
/^--/ || /^[ \t]*$/ { next }
{ gsub(/\\/, "\\\\"); gsub(/"/, "\\\""); print "     \"" $0 "\\n\"" }
END { if (NR) print "    \"\"},"; print "};" }
