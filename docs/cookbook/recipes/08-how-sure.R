# How sure are the rows?

source("scripts/load.R")
options(width = 200)

quality <- load_quality()
answer <- do.call(rbind, lapply(c("mentions", "times", "quotes", "event_mentions"), function(name) {
  rows <- newspkg_load(name)
  rule <- rows$method == "rule"
  measured <- subset(quality, table == name & what == "rows" & criterion == "jaccard_0.8")
  data.frame(
    table = name, rows = nrow(rows), "by rule" = sum(rule), "added by hand" = sum(!rule),
    "rule, corrected" = sum(rule & rows$review == "corrected"),
    "rule, accepted" = sum(rule & rows$review == "accepted"),
    "mean confidence" = round(mean(rows$confidence[rule]), 2), precision = measured$precision, recall = measured$recall,
    check.names = FALSE
  )
}))
print(answer, row.names = FALSE)
