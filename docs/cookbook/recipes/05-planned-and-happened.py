"""What is planned, and what happened?

A status says how the texts tell it, up to their own day of publication: what was planned then may have happened
since, and what is told as a fact may be none.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
events = load.events().sort("event_id")
statuses = events.schema["status"].categories.to_list()  # in the order of the schema: actual first
told = [(pl.col("status") == status).sum().alias(status) for status in statuses]
answer = events.group_by("type").agg(pl.len().alias("all"), *told).sort("type")
print(answer)
links = load.event_links().filter(pl.col("relation") == "responds_to")
answers = links.join(events, left_on="event_a", right_on="event_id").select("event_b", answer="label")
more = (
    events.filter(pl.col("status") != "actual")
    .join(answers, left_on="event_id", right_on="event_b", how="left")
    .sort("status", "event_id")
    .select("status", pl.col("date").fill_null(""), event="label", answer=pl.col("answer").fill_null(""))
)
print(more)

# %% In one sentence
count = {status: events.filter(pl.col("status") == status).height for status in statuses}
others = ", ".join(f"{count[status]} {status}" for status in statuses[1:])
print(
    f"{count['actual']} of {events.height} events are told as facts; {others}; of the planned ones the texts "
    f"tell an answer in {more.filter(pl.col('status') == 'planned', pl.col('answer') != '').height} of "
    f"{count['planned']} cases."
)

# %% The picture
import matplotlib.pyplot as plt

plt.style.use("docs/cookbook/cookbook.mplstyle")
figure, axes = plt.subplots(figsize=(9, 4.4))
colours = dict(zip(statuses, ("#cfe3f1", "#0072B2", "#E69F00", "#000000", "#D55E00"), strict=True))
left = [0] * answer.height
for status in statuses:
    bars = axes.barh(range(answer.height), answer[status], left=left, color=colours[status], label=status)
    dark = status in ("planned", "denied", "disputed")
    axes.bar_label(bars, [n or "" for n in answer[status]], label_type="center", color="white" if dark else "black")
    left = [a + b for a, b in zip(left, answer[status], strict=True)]
axes.set_yticks(range(answer.height), answer["type"])
axes.invert_yaxis()
axes.tick_params(length=0)
axes.spines["left"].set_visible(False)
axes.set_xlabel("events, by PLOVER type")
axes.legend(loc="lower right")
plt.show()
