"""Who is quoted most, and in which outlet?

Five texts tell whom five authors chose to quote; they do not tell who spoke most, nor whom these outlets quote as a
rule.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
documents = load.documents().sort("published_earliest")
utterances = (
    load.quotes()
    .filter(pl.col("piece") == 1)  # a quote that its attribution breaks is one utterance
    .join(documents.select("document_id", "outlet"), on="document_id")
    .join(load.actors().select("actor_id", speaker="name"), left_on="speaker_id", right_on="actor_id", how="left")
    .with_columns(pl.col("speaker").fill_null("(no single actor)"))
)
direct = pl.col("kind") == "direct"
counts = [(pl.col("outlet") == outlet).sum().alias(outlet) for outlet in documents["outlet"]]
speakers = (
    utterances.group_by("speaker")
    .agg(pl.len().alias("all"), direct.sum().alias("direct"), (~direct).sum().alias("reported"), *counts)
    .sort(["all", "speaker"], descending=[True, False])
)
answer = speakers.filter(pl.col("all") > 1)
print(answer)

# %% In one sentence
top = answer.row(0, named=True)
places = sum(top[outlet] > 0 for outlet in documents["outlet"])
print(
    f"Most often {top['speaker']}: {top['all']} of {speakers['all'].sum()} utterances, in {places} of "
    f"{documents.height} outlets; {speakers.height - answer.height} speakers are quoted once."
)

# %% The picture
import matplotlib.pyplot as plt

plt.style.use("docs/cookbook/cookbook.mplstyle")
figure, axes = plt.subplots(figsize=(9, 5.8))
colours = dict(zip(documents["outlet"], plt.rcParams["axes.prop_cycle"].by_key()["color"], strict=False))
order = documents["outlet"].to_list()
for y, name in enumerate(speakers["speaker"]):
    rows = utterances.filter(pl.col("speaker") == name).to_dicts()
    rows.sort(key=lambda row: (order.index(row["outlet"]), row["kind"]))
    for x, row in enumerate(rows):
        colour = colours[row["outlet"]]
        filled = colour if row["kind"] == "direct" else "white"
        axes.scatter(x + 1, y, s=150, marker="s", color=filled, edgecolor=colour, linewidth=2)
for outlet, colour in colours.items():
    axes.scatter([], [], s=90, marker="s", color=colour, label=outlet)
axes.scatter([], [], s=90, marker="s", color="white", edgecolor="black", linewidth=2, label="hollow: reported")
axes.legend(loc="lower right")
axes.set_yticks(range(speakers.height), speakers["speaker"])
axes.invert_yaxis()
axes.set_xticks(range(1, top["all"] + 1))
axes.set_xlim(0.4, top["all"] + 0.6)
axes.tick_params(length=0)
axes.spines["left"].set_visible(False)
axes.set_xlabel("utterances; filled: in the speaker's own words")
plt.show()
