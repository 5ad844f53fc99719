# Which events do several outlets tell, and how do their tellings differ?

source("scripts/load.R")
options(width = 200)

documents <- load_documents()
documents <- documents[order(documents$published_earliest), ]
events <- load_events()
shared <- subset(events, n_documents > 1)
shared <- shared[order(shared$earliest, shared$event_id, method = "radix"), ]
mentions <- load_event_mentions()
mentions <- mentions[order(mentions$start), ]
telling <- function(event, document) {
  rows <- subset(mentions, event_id == event & document_id == document)
  if (nrow(rows) == 0) return("")
  doubt <- sort(setdiff(unique(as.character(rows$status)), "actual"), method = "radix")
  words <- paste(unique(rows$trigger), collapse = ", ")
  if (length(doubt)) paste0(words, " (", paste(doubt, collapse = ", "), ")") else words
}
answer <- data.frame(event = shared$label)
for (i in seq_len(nrow(documents)))
  answer[[documents$outlet[i]]] <- vapply(shared$event_id, telling, "", document = documents$document_id[i])
print(answer, row.names = FALSE, right = FALSE)
