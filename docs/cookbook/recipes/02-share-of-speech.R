# How much of each text is somebody else speaking?

source("scripts/load.R")
options(width = 200)

documents <- load_documents()
documents <- documents[order(documents$published_earliest), ]
quotes <- load_quotes()
places <- function(rows) unique(unlist(Map(function(start, end) seq(start, end - 1), rows$start, rows$end)))
counts <- lapply(documents$document_id, function(id) {
  direct <- places(subset(quotes, document_id == id & kind == "direct"))
  reported <- setdiff(places(subset(quotes, document_id == id & kind != "direct")), direct)
  c(length(direct), length(reported))
})
body <- documents$body_end - documents$body_start
direct <- vapply(counts, function(pair) pair[1], 0L)
reported <- vapply(counts, function(pair) pair[2], 0L)
answer <- data.frame(
  outlet = documents$outlet, genre = documents$genre, characters = body, direct, reported,
  "direct %" = round(direct / body * 100, 1), "reported %" = round(reported / body * 100, 1), check.names = FALSE
)
print(answer, row.names = FALSE)
