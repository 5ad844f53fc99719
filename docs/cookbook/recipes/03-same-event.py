"""Which events do several outlets tell, and how do their tellings differ?

The words are those that carry the event, and in translated texts the translator chose them; that two texts tell an
event does not make it more certain, and the differences are those of five authors.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
documents = load.documents().sort("published_earliest")
shared = load.events().filter(pl.col("n_documents") > 1).sort("earliest", "event_id", nulls_last=True)
tellings = (
    load.event_mentions()
    .join(documents.select("document_id", "outlet"), on="document_id")
    .join(shared.select("event_id", "label"), on="event_id")
    .sort("start")
    .group_by("event_id", "label", "outlet", maintain_order=True)
    .agg(words=pl.col("trigger").unique(maintain_order=True), status=pl.col("status").cast(pl.String).unique())
    .with_columns(doubt=pl.col("status").list.set_difference(["actual"]).list.sort().list.join(", "))
    .with_columns(said=pl.col("words").list.join(", ") + pl.format(" ({})", "doubt").replace(" ()", ""))
)
wide = tellings.pivot("outlet", index="event_id", values="said")
answer = (
    shared.select("event_id", event="label")
    .join(wide, on="event_id", how="left", maintain_order="left")
    .select("event", *documents["outlet"])
    .with_columns(pl.exclude("event").fill_null(""))
)
print(answer)

# %% In one sentence
doubted = tellings.filter(pl.col("doubt") != "")["event_id"].n_unique()
wordings = tellings.group_by("event_id").agg(pl.col("words").list.sort().n_unique())
same = wordings.filter(pl.col("words") == 1).height
against = load.event_links().filter(pl.col("relation") == "contradicts").height
print(
    f"{shared.height} of {load.events().height} events are told by more than one outlet, {same} of them in the same "
    f"words everywhere; {doubted} are told as disputed at least once, and {against} pairs of events contradict each "
    "other (`event_links`)."
)

# %% The picture
import textwrap

import matplotlib.pyplot as plt
from matplotlib.patches import Patch

plt.style.use("docs/cookbook/cookbook.mplstyle")
figure, axes = plt.subplots(figsize=(9, 6.4))
outlets = documents["outlet"].to_list()
for row in tellings.to_dicts():
    x, y = outlets.index(row["outlet"]), shared["event_id"].to_list().index(row["event_id"])
    colour = "#f5c9a8" if "disputed" in row["status"] else "#cfe3f1"
    hatch = "///" if len(row["status"]) > 1 else None
    axes.barh(y, 0.96, left=x - 0.48, height=0.9, color=colour, hatch=hatch, edgecolor="white")
    axes.text(x, y, textwrap.fill(", ".join(row["words"]), 20), ha="center", va="center", fontsize=8)
shown = [
    Patch(color="#cfe3f1", label="told as a fact"),
    Patch(color="#f5c9a8", label="disputed"),
    Patch(facecolor="#f5c9a8", hatch="///", edgecolor="white", label="both in one text"),
]
figure.legend(handles=shown, loc="outside lower center", ncols=3)
axes.set_yticks(range(shared.height), [textwrap.fill(label, 44) for label in shared["label"]], fontsize=8)
axes.set_xticks(range(len(outlets)), outlets)
axes.xaxis.tick_top()
axes.set_xlim(-0.5, len(outlets) - 0.5)
axes.set_ylim(shared.height - 0.5, -0.5)
axes.tick_params(length=0)
axes.spines[:].set_visible(False)
plt.show()
