# Writes all tables that a load.R gives, losslessly and the same in any locale:
#
#   Rscript tests/r/dump.R path/to/load.R [folder of the package]
#
# For each table one line of JSON with its name, columns and classes, then one for each row: its cells, each as text with a
# tag before it that says what it is. The writer is R's own paste(), since base R has none for JSON.

argument <- commandArgs(TRUE)
source(argument[1])

escaped <- function(text) {
  odd <- grepl("[^ !#-\\[\\]-~]", text, perl = TRUE)
  text[odd] <- vapply(text[odd], function(one) {
    signs <- utf8ToInt(enc2utf8(one))
    wide <- signs > 0xffff
    low <- signs - 0x10000
    paste(ifelse(
      wide, sprintf("\\u%04x\\u%04x", 0xd800 + bitwAnd(low, 0xfffff) %/% 1024, 0xdc00 + bitwAnd(low, 0xfffff) %% 1024),
      sprintf("\\u%04x", ifelse(wide, 0L, signs))
    ), collapse = "")
  }, "")
  paste0("\"", text, "\"")
}

# Each value as JSON text: a tag, then the value.
tagged <- function(column) {
  if (is.list(column)) {
    return(vapply(column, function(one) {
      if (is.null(one)) return("null")
      paste0("[", paste(tagged(one), collapse = ","), "]")
    }, ""))
  }
  value <- if (is.factor(column)) paste0("t:", as.character(column))
    else if (inherits(column, "Date")) sprintf("d:%.0f", unclass(column))
    else if (inherits(column, "POSIXct")) sprintf("m:%.0f", round(unclass(column) * 1e6))
    else if (is.logical(column)) paste0("b:", column)
    else if (is.numeric(column)) sprintf("n:%.17g", column)
    else paste0("t:", column)
  ifelse(is.na(column) & !(is.numeric(column) & is.nan(unclass(column))), "null", escaped(value))
}

tables <- if (length(argument) > 1) load_all(argument[2]) else load_all()
for (name in names(tables)) {
  table <- tables[[name]]
  classes <- vapply(table, function(column) paste(class(column), collapse = " "), "")
  cat("{\"table\": ", escaped(name), ", \"columns\": [", paste(escaped(names(table)), collapse = ", "), "], \"classes\": [",
    paste(escaped(classes), collapse = ", "), "], \"rows\": ", nrow(table), "}\n", sep = "")
  cells <- lapply(table, tagged)
  if (nrow(table)) cat(paste0("[", do.call(paste, c(unname(cells), sep = ", ")), "]\n"), sep = "")
}
