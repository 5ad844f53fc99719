# Who accuses whom, and who is told as acting against whom?

source("scripts/load.R")
options(width = 200)

words <- c("REQUEST", "REJECT", "THREATEN") # conflict in words beside ACCUSE, as PLOVER has it
deeds <- c("PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT") # conflict in deeds
actors <- load_actors()
states <- subset(actors, type == "state" & !is.na(country))
party <- states$name[match(actors$country, states$country)] # ministers, ministries and parties count for their country
party <- ifelse(is.na(actors$country) | is.na(party), actors$name, party)
roles <- load_event_participants()
roles$party <- party[match(roles$actor_id, actors$actor_id)]
one <- subset(roles, role == "initiator", c(event_id, party))
other <- subset(roles, role == "target", c(event_id, party))
pairs <- unique(merge(one, other, by = "event_id", suffixes = c("_from", "_to")))
pairs <- merge(pairs, load_events(), by = "event_id")
invitation <- pairs$type == "REQUEST" & pairs$mode %in% "meet" # no attack
pairs <- pairs[pairs$type %in% c("ACCUSE", words, deeds) & !invitation, ]
mentions <- load_event_mentions()
groups <- split(pairs, paste(pairs$party_from, pairs$party_to, sep = "\n"))
answer <- do.call(rbind, lapply(groups, function(rows) data.frame(
  from = rows$party_from[1], to = rows$party_to[1], accusations = sum(rows$type == "ACCUSE"),
  "other words" = sum(rows$type %in% words), deeds = sum(rows$type %in% deeds),
  "not as a fact" = sum(rows$status != "actual"),
  outlets = length(unique(mentions$document_id[mentions$event_id %in% rows$event_id])), check.names = FALSE
)))
answer <- answer[order(answer$from, answer$to, method = "radix"), ]
print(answer, row.names = FALSE)
