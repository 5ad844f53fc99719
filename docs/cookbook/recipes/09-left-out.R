# What was left out, and why?

source("scripts/load.R")
options(width = 200)

documents <- load_documents()
documents <- documents[order(documents$published_earliest), ]
omissions <- load_omissions()
outlet <- factor(documents$outlet[match(omissions$document_id, documents$document_id)], levels = documents$outlet)
counts <- unclass(table(droplevels(omissions$kind), outlet))
outside <- documents$n_chars - documents$body_end + documents$body_start
answer <- data.frame(
  left_out = c(rownames(counts), "characters outside the article"), rbind(counts, outside), check.names = FALSE
)
print(answer, row.names = FALSE)
