# Who is quoted most, and in which outlet?

source("scripts/load.R")
options(width = 200)

documents <- load_documents()
documents <- documents[order(documents$published_earliest), ]
actors <- load_actors()
utterances <- subset(load_quotes(), piece == 1) # a quote that its attribution breaks is one utterance
outlet <- factor(documents$outlet[match(utterances$document_id, documents$document_id)], levels = documents$outlet)
speaker <- actors$name[match(utterances$speaker_id, actors$actor_id)]
speaker[is.na(speaker)] <- "(no single actor)"
speaker <- factor(speaker, levels = sort(unique(speaker), method = "radix"))
direct <- utterances$kind == "direct"
answer <- data.frame(
  speaker = levels(speaker), all = c(table(speaker)), direct = c(tapply(direct, speaker, sum)),
  reported = c(tapply(!direct, speaker, sum)), unclass(table(speaker, outlet)), check.names = FALSE
)
answer <- subset(answer[order(-answer$all, answer$speaker, method = "radix"), ], all > 1)
print(answer, row.names = FALSE)
