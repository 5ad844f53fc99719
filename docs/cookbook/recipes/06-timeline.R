# What happened when, and how exactly do the texts say it?

source("scripts/load.R")
options(width = 200)

events <- subset(load_events(), !is.na(date))
first <- as.numeric(events$earliest)
last <- as.numeric(events$latest)
order_of <- order(!is.na(first), first, !is.na(last), last, events$event_id, method = "radix") # open ends first
events <- events[order_of, ]
day <- function(dates) ifelse(is.na(dates), "..", format(dates, "%Y-%m-%d")) # ".." is EDTF for an open end
days <- as.numeric(events$latest - events$earliest) + 1
answer <- data.frame(
  earliest = day(events$earliest), latest = day(events$latest), days = ifelse(is.na(days), "", as.character(days)),
  precision = events$date_precision, event = events$label
)
print(answer, row.names = FALSE, right = FALSE)
