# Whose voice carries what is planned, possible, denied or disputed?

source("scripts/load.R")
options(width = 200)

documents <- load_documents()
quotes <- load_quotes()
actors <- load_actors()
events <- load_events()
mentions <- subset(load_event_mentions(), status != "actual")
document <- match(mentions$document_id, documents$document_id)
speaker_id <- quotes$speaker_id[match(mentions$quote_id, quotes$quote_id)]
speaker <- actors$name[match(speaker_id, actors$actor_id)]
answer <- data.frame(
  status = mentions$status, outlet = documents$outlet[document], voice = mentions$voice,
  speaker = ifelse(is.na(speaker), "", speaker), trigger = mentions$trigger,
  event = events$label[match(mentions$event_id, events$event_id)]
)
answer <- answer[order(mentions$status, documents$published_earliest[document], mentions$start), ]
print(answer, row.names = FALSE, right = FALSE)
