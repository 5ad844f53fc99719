# How do I check the rows against my own copy of the articles?

source("scripts/load.R")
options(width = 200)

# Yours: Rscript docs/cookbook/recipes/10-check-spans.R . my-articles. Without that, what `make package` makes.
given <- commandArgs(trailingOnly = TRUE)
if (length(given) == 0) given <- c("build/examples", "examples/articles")
folder <- file.path(given[1], "data")
documents <- load_documents(folder)
texts <- list()
for (file in list.files(given[2], "[.]txt$", full.names = TRUE)) {
  text <- readChar(file, file.size(file), useBytes = TRUE) # bytes, as reading lines would change their ends
  Encoding(text) <- "UTF-8"
  text <- sub("^\ufeff", "", text)
  # Base R has no SHA-256 before 4.5: the length finds the document, and the spans are the proof.
  for (id in documents$document_id[documents$n_chars == nchar(text)]) texts[[id]] <- text
}
check <- function(table, words, start, end) {
  spans <- newspkg_load(table, folder)
  spans <- spans[!is.na(spans[[words]]), ]
  mine <- spans[spans$document_id %in% names(texts), ]
  found <- substring(unlist(texts[mine$document_id]), mine[[start]] + 1, mine[[end]])
  data.frame(
    table, words, spans = nrow(spans), "text at hand" = nrow(mine), equal = sum(found == mine[[words]]),
    check.names = FALSE
  )
}
answer <- rbind(
  check("mentions", "surface", "start", "end"),
  check("times", "surface", "start", "end"),
  check("event_mentions", "trigger", "trigger_start", "trigger_end"),
  check("quotes", "text", "start", "end"),
  check("quotes", "cue", "cue_start", "cue_end")
)
print(answer, row.names = FALSE)
