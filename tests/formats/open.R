# SPDX-License-Identifier: GPL-3.0-or-later
# open.R FILE...: what R makes of each table, a line for each column: file, column, class, and its values, with tabs between. A value that is
# not available is \N; backslash, tab and line breaks in others are \\, \t, \n and \r. FILE-nb.csv is of the dialect excel-nb.
# With EMPTY_IS_NA in the environment an empty field is not available in texts too; otherwise every argument is R's own.
escape <- function(x) {
  x <- gsub("\\", "\\\\", enc2utf8(x), fixed = TRUE)
  x <- gsub("\t", "\\t", x, fixed = TRUE)
  x <- gsub("\n", "\\n", x, fixed = TRUE)
  gsub("\r", "\\r", x, fixed = TRUE)
}
shown <- function(x) ifelse(is.na(x), "\\N", if (is.numeric(x)) sprintf("%.17g", x) else escape(as.character(x)))
more <- if (nzchar(Sys.getenv("EMPTY_IS_NA"))) list(na.strings = "") else list()
options(warn = 2)
for (name in commandArgs(trailingOnly = TRUE)) {
  table <- if (endsWith(name, "-nb.csv")) do.call(read.csv2, c(list(name, fileEncoding = "UTF-8-BOM"), more)) else do.call(read.csv, c(list(name), more))
  for (column in names(table))
    writeLines(paste(c(name, column, class(table[[column]]), shown(table[[column]])), collapse = "\t"), useBytes = TRUE)
}
