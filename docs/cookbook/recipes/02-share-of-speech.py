"""How much of each text is somebody else speaking?

Reported speech is in the words of the article, so only the first share is speech as printed; and all five are
analysis or opinion, where little is quoted.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
documents = load.documents().sort("published_earliest")
spans = load.quotes().select("document_id", "kind", "start", "end")
characters = (  # one row per character, so that quotes inside quotes count once
    spans.with_columns(place=pl.int_ranges("start", "end"))
    .explode("place")
    .group_by("document_id", "place")
    .agg(direct=(pl.col("kind") == "direct").any())
    .group_by("document_id")
    .agg(direct=pl.col("direct").sum(), reported=(~pl.col("direct")).sum())
)
body = pl.col("body_end") - pl.col("body_start")
answer = (
    documents.join(characters, on="document_id", how="left", maintain_order="left")
    .with_columns(pl.col("direct", "reported").fill_null(0))  # a text may quote nobody
    .select(
        "outlet",
        "genre",
        body.alias("characters"),
        "direct",
        "reported",
        (pl.col("direct") / body * 100).round(1).alias("direct %"),
        (pl.col("reported") / body * 100).round(1).alias("reported %"),
    )
)
print(answer)

# %% In one sentence
most, least = answer.sort("direct %").row(-1, named=True), answer.sort("direct %").row(0, named=True)
print(
    f"From {least['direct %']} % ({least['outlet']}) to {most['direct %']} % ({most['outlet']}) in the speakers' own "
    f"words, and {answer['reported %'].min()} to {answer['reported %'].max()} % reported."
)

# %% The picture
import matplotlib.pyplot as plt

plt.style.use("docs/cookbook/cookbook.mplstyle")
figure, axes = plt.subplots(figsize=(9, 3.2))
colours = {"direct": "#0072B2", "mixed": "#CC79A7", "indirect": "#E69F00"}
for y, row in enumerate(documents.to_dicts()):
    long = row["body_end"] - row["body_start"]
    axes.barh(y, long, height=0.72, color="#eeeeee")
    for kind in ("indirect", "mixed", "direct"):  # direct last: it stays visible inside reported speech
        for span in spans.filter(pl.col("document_id") == row["document_id"], pl.col("kind") == kind).to_dicts():
            left, wide = span["start"] - row["body_start"], span["end"] - span["start"]
            axes.barh(y, wide, left=left, height=0.72, color=colours[kind])
for kind, said in (("direct", "direct"), ("indirect", "reported"), ("mixed", "reported, some words in marks")):
    axes.barh(0, 0, color=colours[kind], label=said)
axes.barh(0, 0, color="#eeeeee", label="the article's own prose")
axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1), ncols=4)
axes.set_yticks(range(documents.height), documents["outlet"])
axes.invert_yaxis()
axes.tick_params(axis="y", length=0)
axes.spines["left"].set_visible(False)
axes.set_xlabel("character of the article's own prose")
plt.show()
