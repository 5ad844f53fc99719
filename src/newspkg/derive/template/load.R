# Loads the tables of this data package as typed data frames: base R alone, no package needed.
#
#   source("@SCRIPT@")
#   tables <- load_all()              # all of them, a named list
@EXAMPLE@#   newspkg_codebook()                # every column: its type, and what it means
#
# Closed vocabularies are factors in the order of the schema, days are Dates, moments are POSIXct in UTC, arrays and
# lists are list columns. A column with a whole number that R cannot hold exactly is text. NA is an empty cell and
# nothing else; in a list column it is NULL. comment(column) says what a column means.
#
@SPANS@# `folder` may be another copy of the package: a folder, a zip, or an address that ends where datapackage.json lies.
# @MARK@

# --- what there is ---------------------------------------------------------------------------------------------------

newspkg_tables <- list(
@TABLES@
)
names(newspkg_tables) <- vapply(newspkg_tables, function(table) table[["name"]], "")

# The folder of the package, as seen from this file; where it is not known, the working directory or the one above.
newspkg_folder <- local({
  from <- NULL
  for (n in seq_len(sys.nframe())) {
    frame <- sys.frame(n)
    if (identical(sys.function(n), sys.source)) from <- frame[["file"]]
    if (is.character(frame[["ofile"]])) # source() keeps the name it was given here; with chdir it has gone there already
      from <- if (is.null(frame[["owd"]])) frame[["ofile"]] else file.path(getwd(), basename(frame[["ofile"]]))
  }
  run <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
  if (is.null(from) && length(run) == 1 && grepl("(^|[/\\\\])load[.]R$", run)) from <- run
  up <- @UP@
  if (is.null(from)) {
    near <- Filter(function(one) file.exists(file.path(one, "datapackage.json")), c(".", ".."))
    if (length(near)) near[[1]] else "."
  } else if (grepl("^[a-z]+://", from)) {
    Reduce(function(path, step) if (step == "..") dirname(path) else paste0(path, "/", step), up, dirname(from))
  } else {
    here <- dirname(normalizePath(from, winslash = "/"))
    normalizePath(paste(c(here, up), collapse = "/"), winslash = "/", mustWork = FALSE)
  }
})

# --- bytes -----------------------------------------------------------------------------------------------------------

newspkg_stop <- function(...) stop(..., call. = FALSE)

# What a connection gives, to its end.
newspkg_drain <- function(connection) {
  force(connection) # or what cannot be opened would be opened once more, to be closed
  on.exit(close(connection))
  parts <- list()
  repeat {
    part <- readBin(connection, "raw", 4194304L)
    if (length(part) == 0) break
    parts[[length(parts) + 1]] <- part
  }
  if (length(parts)) do.call(c, parts) else raw()
}

# The bytes of a file of the package, unpacked; without a byte order mark.
newspkg_bytes <- function(folder, path, table) {
  shown <- paste0(folder, "/", path)
  local_file <- file.path(folder, path)
  far <- grepl("^(https?|ftp|file)://", folder)
  zipped <- !far && grepl("[.]zip$", folder, ignore.case = TRUE) && !dir.exists(folder)
  if (far || zipped) {
    local_file <- tempfile()
    on.exit(unlink(local_file))
    open <- function() {
      if (far) return(url(paste0(sub("/+$", "", folder), "/", path), "rb"))
      if (!file.exists(folder)) stop("there is no such zip")
      unz(folder, newspkg_member(folder, path), "rb")
    }
    found <- tryCatch(newspkg_drain(open()), error = conditionMessage, warning = conditionMessage)
    if (is.character(found)) newspkg_stop(shown, ": cannot be read (", found, ").")
    writeBin(found, local_file)
  } else if (!file.exists(local_file)) {
    # The folder of the tables alone will do too.
    beside <- file.path(folder, basename(path))
    if (!file.exists(beside)) newspkg_stop(shown, ": there is no such file; `folder` is the folder of the package.")
    local_file <- beside
  }
  if (identical(table[["compression"]], "zip")) {
    inner <- utils::unzip(local_file, list = TRUE)[["Name"]]
    if (length(inner) != 1) newspkg_stop(shown, ": must hold one file, not ", length(inner), ".")
    connection <- unz(local_file, inner, "rb")
  } else {
    connection <- gzfile(local_file, "rb") # reads gz, bz2, xz, and what is not compressed
  }
  bytes <- newspkg_drain(connection)
  encoding <- table[["encoding"]]
  if (!is.null(encoding)) {
    bytes <- tryCatch(iconv(list(bytes), encoding, "UTF-8", toRaw = TRUE)[[1]], error = conditionMessage)
    if (is.character(bytes)) newspkg_stop(shown, ": cannot be read (", bytes, ").")
    if (is.null(bytes)) newspkg_stop(shown, ": has bytes that are not ", encoding, ".")
  }
  mark <- as.raw(c(0xef, 0xbb, 0xbf))
  if (length(bytes) >= 3 && identical(bytes[1:3], mark)) bytes <- bytes[-(1:3)]
  bytes
}

# The name that a file of the package has in a zip, where the package may lie in a folder.
newspkg_member <- function(zip, path) {
  names <- utils::unzip(zip, list = TRUE)[["Name"]]
  found <- names[names == path | endsWith(names, paste0("/", path))]
  if (length(found) == 0) stop("the zip has no such file")
  found[which.min(nchar(found))]
}

# --- records ---------------------------------------------------------------------------------------------------------

# The cells of delimited text, and which record each belongs to. Line ends are LF, CR or CR LF; a cell in quotation marks
# may have anything in it. Stops at marks that stand where none belongs, since programs read these in different ways.
newspkg_cells <- function(bytes, table, shown) {
  code <- as.integer(bytes)
  size <- length(code)
  sep <- utf8ToInt(table[["delimiter"]])
  quote <- if (is.null(table[["quote"]])) -1L else utf8ToInt(table[["quote"]])
  if (any(code == 0L)) newspkg_stop(shown, ": has a NUL character in it, which no text has.")
  marks <- which(code == quote)
  inside <- if (length(marks)) cumsum(code == quote) %% 2L == 1L else logical(size)
  ends <- which(!inside & (code == sep | code == 10L | code == 13L))
  line <- code[ends] != sep
  row_at <- function(position) 1L + sum(line & ends < position)

  # A line feed right behind a carriage return is part of it.
  paired <- line & code[ends] == 10L & c(FALSE, diff(ends) == 1L) & c(FALSE, code[ends][-length(ends)] == 13L)
  row_ends <- ends[!paired]
  line <- line[!paired]
  begin <- c(1L, row_ends + 1L)
  follows <- match(begin, ends[paired]) # where a carriage return ends a record, the next one begins behind the line feed
  begin <- begin + !is.na(follows)
  ends <- row_ends

  if (length(marks)) {
    before <- c(10L, code)[marks]
    if (isTRUE(table[["skip_space"]])) before[marks %in% newspkg_behind_spaces(code, begin)] <- 10L
    after <- c(code, 10L)[marks + 1L]
    odd <- seq_along(marks) %% 2L == 1L
    doubled <- c(FALSE, diff(marks) == 1L)
    stray <- odd & !(before %in% c(sep, 10L, 13L)) & !doubled
    stray <- stray | (!odd & !(after %in% c(sep, 10L, 13L, quote)))
    if (any(stray))
      newspkg_stop(shown, ", row ", row_at(marks[stray][1]), ": a quotation mark stands in the middle of a cell.")
    if (length(marks) %% 2L == 1L)
      newspkg_stop(shown, ", row ", row_at(marks[length(marks)]), ": a quotation mark is never closed.")
  }
  stop <- c(ends - 1L, size)
  record <- cumsum(c(1L, line))
  last <- length(begin)
  if (begin[last] > size && (last == 1 || line[last - 1])) { # nothing behind the last line end
    keep <- -last
    begin <- begin[keep]
    stop <- stop[keep]
    record <- record[keep]
  }
  if (length(begin) == 0) return(list(text = character(), record = integer()))
  text <- rawToChar(bytes)
  Encoding(text) <- "bytes" # so that R counts bytes, which it does at once, and not characters
  text <- substring(text, begin, stop)
  Encoding(text) <- "UTF-8"
  wrong <- !validUTF8(text)
  if (any(wrong))
    newspkg_stop(shown, ", row ", record[which(wrong)[1]], ": has bytes that are not UTF-8; save the file as UTF-8.")
  if (isTRUE(table[["skip_space"]])) text <- sub("^ +", "", text)
  if (length(marks)) {
    mark <- table[["quote"]]
    quoted <- startsWith(text, mark)
    inner <- substr(text[quoted], 2L, nchar(text[quoted]) - 1L)
    text[quoted] <- gsub(paste0(mark, mark), mark, inner, fixed = TRUE)
  }
  list(text = text, record = record)
}

# Where cells begin once spaces are passed over.
newspkg_behind_spaces <- function(code, begin) {
  at <- begin[begin <= length(code)]
  while (any(space <- code[at] == 32L & at < length(code))) at[space] <- at[space] + 1L
  at
}

# The records of a table below its header, as a matrix of text, and where each stands. Stops where the header is not the
# one this file was made for, or a record is longer or shorter.
newspkg_records <- function(table, folder) {
  names <- vapply(table[["fields"]], function(field) field[["name"]], "")
  header <- table[["header"]]
  matrices <- list()
  rows <- list()
  labels <- if (header == 0) names
  for (path in table[["files"]]) {
    shown <- paste0(folder, "/", path)
    cells <- newspkg_cells(newspkg_bytes(folder, path, table), table, shown)
    record <- cells[["record"]]
    first <- min(header, 1L) * (is.null(labels) || identical(cells[["text"]][record == header], labels)) * header
    if (is.null(labels)) {
      labels <- cells[["text"]][record == header]
      newspkg_header(labels, names, table, shown)
    }
    wide <- tabulate(record, max(record, 0L))
    wrong <- which(wide != length(labels) & seq_along(wide) > first)
    if (length(wrong)) {
      n <- wide[wrong[1]]
      newspkg_stop(
        shown, ", row ", wrong[1], ": has ", n, if (n == 1) " cell" else " cells", ", not ", length(labels), "."
      )
    }
    keep <- record > first
    matrices[[path]] <- matrix(cells[["text"]][keep], ncol = length(labels), byrow = TRUE)
    rows[[path]] <- list(rep(shown, nrow(matrices[[path]])), seq_len(nrow(matrices[[path]])) + first)
  }
  list(
    text = do.call(rbind, unname(matrices)), labels = labels,
    file = unlist(lapply(rows, `[[`, 1), use.names = FALSE), row = unlist(lapply(rows, `[[`, 2), use.names = FALSE)
  )
}

# Stops where the columns are not those of the schema: by position, or by name where the schema says so (fieldsMatch).
newspkg_header <- function(labels, names, table, shown) {
  if (length(labels) == 0) newspkg_stop(shown, ": is empty; a table has at least a header.")
  match <- table[["match"]]
  good <- switch(if (is.null(match)) "exact" else match,
    equal = setequal(labels, names) && length(labels) == length(names),
    subset = all(names %in% labels), superset = all(labels %in% names), partial = any(labels %in% names),
    identical(labels, names)
  )
  if (good && !anyDuplicated(labels)) return(invisible())
  listed <- function(some) paste(encodeString(some, quote = "\""), collapse = ", ")
  lacking <- setdiff(names, labels)
  more <- setdiff(labels, names)
  twice <- unique(labels[duplicated(labels)])
  other <- which(labels != names[seq_along(labels)])[1]
  said <- if (length(lacking) || length(more) || length(twice)) c(
    if (length(lacking)) paste("there is no column", listed(lacking)),
    if (length(more)) paste("there should be no column", listed(more)),
    if (length(twice)) paste("there are several columns", listed(twice))
  ) else paste0("column ", other, " is ", listed(labels[other]), ", not ", listed(names[other]))
  newspkg_stop(shown, ": the header is not that of the schema: ", paste(said, collapse = "; "), ".")
}

# --- cells -----------------------------------------------------------------------------------------------------------

# The texts of a column as values of a field's type; `wrong(bad, what)` stops at the first text that is none.
newspkg_values <- function(text, field, wrong) {
  levels <- field[["levels"]]
  if (!is.null(levels)) {
    wrong(!text %in% levels, "value of the vocabulary")
    return(factor(text, levels = levels, ordered = isTRUE(field[["ordered"]])))
  }
  if (isTRUE(field[["as_text"]])) return(text)
  # Each distinct text is read once.
  known <- unique(text[!is.na(text)])
  at <- match(text, known)
  told <- function(bad, what) wrong((bad | is.na(bad))[at] %in% TRUE, what)
  value <- switch(field[["type"]],
    integer = newspkg_integer(newspkg_plain(known, field), field, told),
    year = newspkg_year(known, told),
    number = newspkg_number(newspkg_plain(known, field), told),
    boolean = newspkg_boolean(known, field, told),
    date = newspkg_date(known, field, told),
    time = newspkg_time(known, field, told),
    datetime = newspkg_datetime(known, field, told),
    array = newspkg_array(known, field, told),
    list = newspkg_list(known, field, told),
    return(text)
  )
  value[at]
}

# What a field allows around and between the digits of a number is taken off.
newspkg_plain <- function(text, field) {
  decimal <- if (is.null(field[["decimal"]])) "." else field[["decimal"]]
  if (isTRUE(field[["units"]])) {
    has <- grepl("[0-9]", text)
    before <- sub("[0-9].*$", "", text[has])
    digits <- substring(text[has], nchar(before) + 1L)
    behind <- sub("^.*[0-9]", "", digits)
    digits <- substring(digits, 1L, nchar(digits) - nchar(behind))
    lead <- endsWith(before, decimal)
    before <- ifelse(lead, substring(before, 1L, nchar(before) - 1L), before)
    digits <- paste0(ifelse(lead, decimal, ""), digits, ifelse(startsWith(behind, decimal), decimal, ""))
    last <- substring(before, nchar(before))
    first <- substring(trimws(before, "left"), 1L, 1L)
    sign <- ifelse(last %in% c("+", "-"), last, ifelse(first %in% c("+", "-"), first, ""))
    text[has] <- paste0(sign, digits)
    text[!has] <- trimws(text[!has])
  }
  group <- field[["group"]]
  if (!is.null(group)) {
    quoted <- paste0("\\Q", group, "\\E")
    text <- gsub(paste0("(?<=[0-9])", quoted, "(?=[0-9])"), "", text, perl = TRUE)
  }
  if (decimal != ".") {
    text[grepl(".", text, fixed = TRUE)] <- "two kinds of decimal mark"
    text <- gsub(decimal, ".", text, fixed = TRUE)
  }
  text
}

# Numbers where all of them fit into R's exactly, else their digits.
newspkg_integer <- function(text, field, wrong) {
  wrong(!grepl("^[+-]?[0-9]+$", text), "whole number")
  value <- suppressWarnings(as.numeric(text))
  if (!isTRUE(field[["big"]]) && all(abs(value) < 2^53)) return(value)
  digits <- sub("^0+(?=[0-9])", "", sub("^[+-]", "", text), perl = TRUE)
  paste0(ifelse(startsWith(text, "-") & digits != "0", "-", ""), digits)
}

# A year is a whole number of 32 bits, as in the other loaders.
newspkg_year <- function(text, wrong) {
  wrong(
    !grepl("^-?((?!0000)[0-9]{4}|[1-9][0-9]{4,14})(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?$", text, perl = TRUE),
    "year"
  )
  value <- as.numeric(sub("^(-?[0-9]+).*$", "\\1", text))
  wrong(value < -2^31 | value >= 2^31, "year that 32 bits hold")
  value
}

newspkg_boolean <- function(text, field, wrong) {
  true <- if (is.null(field[["true"]])) c("true", "True", "TRUE", "1") else field[["true"]]
  false <- if (is.null(field[["false"]])) c("false", "False", "FALSE", "0") else field[["false"]]
  wrong(!text %in% c(true, false), "truth value")
  text %in% true
}

# The double nearest to each number. R's own reading of many digits may be off by one in the last place.
newspkg_number <- function(text, wrong) {
  special <- match(tolower(text), c("nan", "inf", "-inf"))
  form <- "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,4})?$"
  wrong(is.na(special) & !grepl(form, text), "number")
  value <- c(NaN, Inf, -Inf)[special]
  plain <- which(is.na(special))
  if (length(plain) == 0) return(value)
  whole <- sub("[eE].*$", "", sub("^[+-]", "", text[plain]))
  power <- ifelse(grepl("[eE]", text[plain]), sub("^.*[eE]", "", text[plain]), "0")
  fraction <- ifelse(grepl(".", whole, fixed = TRUE), sub("^[^.]*[.]", "", whole), "")
  digits <- sub("^0+", "", sub(".", "", whole, fixed = TRUE))
  scale <- as.numeric(power) - nchar(fraction)
  zeros <- nchar(digits) - nchar(sub("0+$", "", digits))
  digits <- substring(digits, 1L, nchar(digits) - zeros)
  scale <- scale + zeros
  # Up to 15 digits and a power of ten up to 22 are exact, so that one multiplication or division rounds once.
  found <- suppressWarnings(as.numeric(text[plain]))
  found <- abs(found)
  small <- nchar(digits) <= 15 & abs(scale) <= 22
  number <- as.numeric(ifelse(digits == "", "0", digits))[small]
  found[small] <- ifelse(scale[small] < 0, number / 10^-scale[small], number * 10^scale[small])
  found[digits == ""] <- 0
  doubt <- which(!small & digits != "" & found != 0 & is.finite(found))
  doubt <- doubt[!newspkg_surely(found[doubt], digits[doubt], scale[doubt])]
  for (n in doubt) found[n] <- newspkg_nearest(found[n], digits[n], scale[n])
  value[plain] <- ifelse(startsWith(text[plain], "-"), -found, found)
  value
}

# The distance from a double to the next one.
newspkg_step <- function(value) 2^pmax(floor(log2(value)) - 52, -1074)

# Whether a double is for sure the nearest one to digits times a power of ten: its first 17 digits are those, or its first
# 16, which are those of neither neighbour.
newspkg_surely <- function(value, digits, scale) {
  same <- function(value, places) {
    shown <- sprintf(paste0("%.", places - 1, "e"), value)
    figures <- sub("0+$", "", sub(".", "", sub("e.*$", "", shown), fixed = TRUE))
    figures == digits & as.numeric(sub("^.*e", "", shown)) == scale + nchar(digits) - 1
  }
  step <- newspkg_step(value)
  same(value, 17) | (same(value, 16) & !same(value - step, 16) & !same(value + step, 16))
}

# Of a double and its neighbours the one nearest to digits times a power of ten; of two as near, the even one.
newspkg_nearest <- function(guess, digits, scale) {
  some <- unique(c(guess, guess + newspkg_step(guess) * c(-2, -1, -0.5, 0.5, 1, 2)))
  some <- sort(some[some > 0 & is.finite(some)])
  places <- max(-scale, 1100)
  best <- some[1]
  for (other in some[-1]) {
    # Twice the number less both says on which side of their middle it lies.
    side <- newspkg_sign(
      2 * newspkg_expand(digits, scale, places) - newspkg_exact(best, places) - newspkg_exact(other, places)
    )
    if (side > 0 || (side == 0 && (other / newspkg_step(other)) %% 2 == 0)) best <- other
  }
  best
}

# Digits of a decimal number, 400 before and `places` behind the point.
newspkg_expand <- function(digits, scale, places) {
  all <- integer(400 + places)
  first <- 400 + 1 - (nchar(digits) + scale)
  all[first + seq_len(nchar(digits)) - 1] <- utf8ToInt(digits) - 48L
  all
}

newspkg_exact <- function(value, places) {
  parts <- strsplit(sprintf("%.*f", as.integer(places), value), ".", fixed = TRUE)[[1]]
  c(integer(400 - nchar(parts[1])), utf8ToInt(parts[1]) - 48L, utf8ToInt(parts[2]) - 48L)
}

# The sign of a number whose digits may be of either sign themselves, and up to 18.
newspkg_sign <- function(digits) {
  carry <- 0
  for (digit in digits) {
    carry <- carry * 10 + digit
    if (abs(carry) > 100) return(sign(carry)) # nothing that follows can outweigh it
  }
  sign(carry)
}

# Days since 1970-01-01 of the Gregorian calendar; NA where there is no such day in the years 1 to 9999.
newspkg_days <- function(year, month, day) {
  leap <- (year %% 4 == 0 & year %% 100 != 0) | year %% 400 == 0
  length <- c(31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[ifelse(month %in% 1:12, month, NA)]
  good <- year >= 1 & year <= 9999 & day >= 1 & day <= length + (month == 2 & leap)
  from_march <- year - (month <= 2)
  days <- 365 * from_march + from_march %/% 4 - from_march %/% 100 + from_march %/% 400 +
    (153 * ((month + 9) %% 12) + 2) %/% 5 + day - 719469
  ifelse(good %in% TRUE, days, NA)
}

newspkg_part <- function(text, first, last) suppressWarnings(as.numeric(substr(text, first, last)))

newspkg_date <- function(text, field, wrong) {
  if (!is.null(field[["pattern"]])) {
    days <- newspkg_by_pattern(text, field)[["days"]]
  } else {
    days <- newspkg_days(newspkg_part(text, 1, 4), newspkg_part(text, 6, 7), newspkg_part(text, 9, 10))
    days[!grepl("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text)] <- NA
  }
  wrong(is.na(days), "day")
  structure(as.numeric(days), class = "Date")
}

# Times stay text, hh:mm:ss: base R has no class for them.
newspkg_time <- function(text, field, wrong) {
  if (is.null(field[["pattern"]])) {
    wrong(!grepl("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$", text), "time")
    return(text)
  }
  found <- newspkg_by_pattern(text, field)
  wrong(is.na(found[["seconds"]]), "time")
  whole <- floor(found[["seconds"]])
  rest <- found[["micro"]]
  paste0(
    sprintf("%02.0f:%02.0f:%02.0f", whole %/% 3600, whole %/% 60 %% 60, whole %% 60),
    ifelse(rest > 0, sprintf(".%06.0f", rest), "")
  )
}

newspkg_datetime <- function(text, field, wrong) {
  if (!is.null(field[["pattern"]])) {
    found <- newspkg_by_pattern(text, field)
    days <- found[["days"]]
    seconds <- found[["seconds"]] - found[["zone"]]
    micro <- found[["micro"]]
  } else {
    clock <- "(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?|24:00:00([.]0+)?)"
    zone <- "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
    good <- grepl(paste0("^[0-9]{4}-[0-9]{2}-[0-9]{2}T", clock, zone, "$"), text)
    days <- newspkg_days(newspkg_part(text, 1, 4), newspkg_part(text, 6, 7), newspkg_part(text, 9, 10))
    days[!good] <- NA
    behind <- substring(text, 20L)
    fraction <- ifelse(startsWith(behind, "."), sub("^[.]([0-9]+).*$", "\\1", behind), "")
    micro <- newspkg_part(paste0(fraction, "000000"), 1, 6)
    offset <- sub("^[.][0-9]+", "", behind)
    moved <- grepl("^[+-]", offset)
    ahead <- ifelse(moved, newspkg_part(offset, 2, 3) * 3600 + newspkg_part(offset, 5, 6) * 60, 0)
    ahead <- ifelse(startsWith(offset, "-"), -ahead, ahead)
    seconds <- newspkg_part(text, 12, 13) * 3600 + newspkg_part(text, 15, 16) * 60 + newspkg_part(text, 18, 19) - ahead
  }
  value <- days * 86400 + seconds
  wrong(is.na(value) | value < -62135596800 | value >= 253402300800, "moment")
  .POSIXct(value + micro / 1e6, tz = "UTC")
}

# Texts of a pattern of strptime, which stands in `field` as a regular expression and what its groups are.
newspkg_by_pattern <- function(text, field) {
  found <- regmatches(text, regexec(field[["pattern"]], text, ignore.case = TRUE, perl = TRUE))
  parts <- field[["parts"]]
  take <- function(letter, other) {
    n <- match(letter, parts)
    if (is.na(n)) return(rep(other, length(text)))
    vapply(found, function(one) if (length(one)) one[n + 1] else NA_character_, "")
  }
  number <- function(letter, other) as.numeric(take(letter, other))
  months <- c("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
  month <- number("m", "1")
  for (letter in intersect(c("b", "B"), parts)) month <- match(tolower(substr(take(letter, ""), 1, 3)), months)
  year <- number("Y", "2000")
  if ("y" %in% parts) year <- number("y", "0") + ifelse(number("y", "0") < 69, 2000, 1900)
  days <- newspkg_days(year, month, number("d", "1"))
  if ("j" %in% parts) {
    days <- newspkg_days(year, 1, 1) + number("j", "1") - 1
    days[days > newspkg_days(year, 12, 31)] <- NA
  }
  hour <- number("H", "0")
  if ("I" %in% parts) hour <- number("I", "12") %% 12 + 12 * (tolower(take("p", "am")) == "pm")
  zone <- take("z", "Z")
  signed <- grepl("^[+-]", zone)
  plain <- gsub(":", "", zone)
  ahead <- ifelse(signed, newspkg_part(plain, 2, 3) * 3600 + newspkg_part(plain, 4, 5) * 60, 0)
  list(
    days = ifelse(lengths(found) > 0, days, NA),
    seconds = ifelse(lengths(found) > 0, hour * 3600 + number("M", "0") * 60 + number("S", "0"), NA),
    micro = newspkg_part(paste0(take("f", "0"), "000000"), 1, 6),
    zone = ifelse(startsWith(zone, "-"), -ahead, ahead)
  )
}

# --- lists -----------------------------------------------------------------------------------------------------------

newspkg_json <- paste0(
  "(?(DEFINE)",
  "(?<text>\"(?:[^\"\\\\\\x00-\\x1f]|\\\\(?:[\"\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+\")",
  "(?<number>-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?)",
  "(?<value>[ \\t\\r\\n]*(?:(?&text)|(?&number)|true|false|null|(?&array)|(?&object))[ \\t\\r\\n]*)",
  "(?<array>\\[(?:(?&value)(?:,(?&value))*+|[ \\t\\r\\n]*)\\])",
  "(?<pair>[ \\t\\r\\n]*(?&text)[ \\t\\r\\n]*:(?&value))",
  "(?<object>\\{(?:(?&pair)(?:,(?&pair))*+|[ \\t\\r\\n]*)\\}))"
)

# JSON arrays as vectors of the type of their items. Of text items null is NA, and what is no text is its JSON.
newspkg_array <- function(text, field, wrong) {
  wrong(!grepl(paste0(newspkg_json, "^[ \\t\\r\\n]*(?&array)[ \\t\\r\\n]*$"), text, perl = TRUE), "JSON array")
  parts <- lapply(text, function(one) {
    inner <- sub("[ \t\r\n]*\\][ \t\r\n]*$", "", sub("^[ \t\r\n]*\\[[ \t\r\n]*", "", one))
    if (inner == "") return(character())
    found <- regmatches(inner, gregexpr(paste0(newspkg_json, "(?&value)(?=,|$)"), inner, perl = TRUE))[[1]]
    gsub("^[ \t\r\n]+|[ \t\r\n]+$", "", found)
  })
  item <- field[["items"]]
  newspkg_each(parts, wrong, function(found, told) {
    found[found == "null"] <- NA
    words <- startsWith(found, "\"") %in% TRUE
    if (!is.null(item)) {
      bad <- words | (found %in% c("true", "false")) != (item == "boolean") | grepl("^[[{]", found)
      told(bad & !is.na(found), paste("JSON array whose items are of type", item))
      if (item == "integer") { # as JSON may write it: 2.0, 1e3
        odd <- which(!is.na(found) & !grepl("^-?[0-9]+$", found))
        found[odd] <- sprintf("%.15g", suppressWarnings(as.numeric(found[odd])))
      }
      return(newspkg_values(found, list(type = item), told))
    }
    escapes <- gsub("\\\\", "", found, fixed = TRUE) # without backslashes that are escaped themselves
    told(words & grepl("\\u0000", escapes, fixed = TRUE), "array that R can hold: an item has a NUL character in it")
    halves <- gsub(newspkg_pair, "", escapes, perl = TRUE)
    told(words & grepl("\\\\u[dD][89a-fA-F]", halves), "array of texts: an item has half of a surrogate pair in it")
    found[words] <- vapply(substr(found[words], 2L, nchar(found[words]) - 1L), newspkg_unescape, "", USE.NAMES = FALSE)
    found
  })
}

# Applies a function to all items of all lists at once; gives them back list by list.
newspkg_each <- function(parts, wrong, read) {
  owner <- rep(seq_along(parts), lengths(parts))
  told <- function(bad, what) wrong(seq_along(parts) %in% owner[bad %in% TRUE], what)
  value <- read(as.character(unlist(parts)), told)
  unname(split(value, factor(owner, seq_along(parts))))
}

# A character beyond the first 65,536, as JSON escapes it.
newspkg_pair <- "\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}"

# The text of a JSON string: what follows a backslash stands for something else.
newspkg_unescape <- function(text) {
  if (!grepl("\\", text, fixed = TRUE)) return(text)
  parts <- regmatches(text, gregexpr(paste0(newspkg_pair, "|\\\\u[0-9a-fA-F]{4}|\\\\.|[^\\\\]+"), text, perl = TRUE))[[1]]
  signs <- c(n = "\n", t = "\t", r = "\r", b = "\b", f = "\f", "\"" = "\"", "\\" = "\\", "/" = "/")
  one <- function(part) {
    if (substr(part, 1, 1) != "\\") return(part)
    if (substr(part, 2, 2) != "u") return(signs[[substr(part, 2, 2)]])
    high <- strtoi(substr(part, 3, 6), 16L)
    if (nchar(part) == 6) return(intToUtf8(high))
    intToUtf8(65536 + (high - 55296) * 1024 + strtoi(substr(part, 9, 12), 16L) - 56320)
  }
  paste(vapply(parts, one, ""), collapse = "")
}

# Texts joined by a delimiter as vectors, of the type of their items.
newspkg_list <- function(text, field, wrong) {
  delimiter <- if (is.null(field[["delimiter"]])) "," else field[["delimiter"]]
  parts <- strsplit(paste0(text, delimiter), delimiter, fixed = TRUE) # which leaves out one empty piece at the end
  item <- field[["items"]]
  if (is.null(item)) return(parts)
  newspkg_each(parts, wrong, function(found, told) {
    newspkg_values(found, list(type = item), function(bad, what) told(bad, paste("list, for an item is no", what)))
  })
}

# --- tables ----------------------------------------------------------------------------------------------------------

# One table by name.
newspkg_load <- function(name, folder = newspkg_folder, spans = 0) {
  table <- newspkg_tables[[name]]
  if (!is.null(table[["unread"]])) newspkg_stop(name, ": ", table[["unread"]])
  if (!(identical(as.numeric(spans), 0) || identical(as.numeric(spans), 1)))
    newspkg_stop("spans: give 0 (as in the files: from 0, the end exclusive) or 1 (for substr: from 1, the end included).")
  records <- newspkg_records(table, folder)
  made <- lapply(table[["fields"]], function(field) {
    text <- records[["text"]][, match(field[["name"]], records[["labels"]])]
    nothing <- if ("missing" %in% names(field)) field[["missing"]] else table[["missing"]]
    text[text %in% c(nothing, table[["null"]])] <- NA
    wrong <- function(bad, what) {
      bad <- which(bad & !is.na(text))
      if (length(bad) == 0) return(invisible())
      newspkg_stop(
        records[["file"]][bad[1]], ", row ", records[["row"]][bad[1]], ", column ", field[["name"]], ": no ", what, ": ",
        encodeString(substr(text[bad[1]], 1, 60), quote = "\""),
        if (length(bad) > 1) paste0(" (and ", length(bad) - 1, " more)")
      )
    }
    value <- newspkg_values(text, field, wrong)
    if (spans == 1 && isTRUE(field[["span"]]) && is.numeric(value)) value <- value + 1
    newspkg_told(value, field)
  })
  names(made) <- vapply(table[["fields"]], function(field) field[["name"]], "")
  made <- structure(made, class = "data.frame", row.names = .set_row_names(nrow(records[["text"]])))
  newspkg_told(made, table)
}

# A value with what is said of it, where something is.
newspkg_told <- function(value, said) {
  said <- c(said[["title"]], said[["about"]])
  if (length(said)) comment(value) <- paste(said, collapse = ": ")
  value
}

# All tables by name.
load_all <- function(folder = newspkg_folder, spans = 0) {
  left <- Filter(function(table) !is.null(table[["unread"]]), newspkg_tables)
  for (table in left) warning(table[["name"]], " is left out: ", table[["unread"]], call. = FALSE)
  lapply(newspkg_tables[setdiff(names(newspkg_tables), names(left))], function(table) newspkg_load(table[["name"]], folder, spans))
}

# Every column of every table: type, title, description, and the values of a closed vocabulary.
newspkg_codebook <- function() {
  one <- function(value) if (is.null(value)) "" else value
  rows <- lapply(newspkg_tables, function(table) {
    take <- function(key) vapply(table[["fields"]], function(field) one(field[[key]]), "")
    data.frame(
      table = rep(table[["name"]], length(table[["fields"]])), column = take("name"), type = take("type"),
      title = take("title"), description = take("about"),
      values = vapply(table[["fields"]], function(field) {
        values <- if (is.null(field[["values"]])) field[["levels"]] else field[["values"]]
        labels <- field[["labels"]]
        if (length(labels)) paste(values, labels, sep = " = ", collapse = " | ") else paste(values, collapse = " | ")
      }, ""),
      stringsAsFactors = FALSE
    )
  })
  all <- do.call(rbind, rows)
  rownames(all) <- NULL
  all
}

@FUNCTIONS@
