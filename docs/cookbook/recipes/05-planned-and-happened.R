# What is planned, and what happened?

source("scripts/load.R")
options(width = 200)

events <- load_events()
events <- events[order(events$event_id, method = "radix"), ]
counts <- table(droplevels(events$type), events$status)
answer <- data.frame(type = rownames(counts), all = rowSums(counts), unclass(counts))
print(answer, row.names = FALSE)
links <- subset(load_event_links(), relation == "responds_to")
reply <- links$event_a[match(events$event_id, links$event_b)]
reply <- events$label[match(reply, events$event_id)]
more <- data.frame(
  status = events$status, date = events$date, event = events$label, answer = reply
)[order(events$status), ]
more <- subset(more, status != "actual")
more[is.na(more)] <- ""
print(more, row.names = FALSE, right = FALSE)
