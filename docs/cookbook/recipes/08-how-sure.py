"""How sure are the rows?

The last columns compare the rules, without any correction, with the corrected rows; the correction began from what
the rules had found, so an independent annotation would judge them less kindly.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
quality = load.quality()
found = []
for name in ("mentions", "times", "quotes", "event_mentions"):
    rule = pl.col("method") == "rule"
    found.append(
        load.load(name).select(
            pl.lit(name).alias("table"),
            pl.len().alias("rows"),
            rule.sum().alias("by rule"),
            (~rule).sum().alias("added by hand"),
            (rule & (pl.col("review") == "corrected")).sum().alias("rule, corrected"),
            (rule & (pl.col("review") == "accepted")).sum().alias("rule, accepted"),
            pl.col("confidence").filter(rule).mean().round(2).alias("mean confidence"),
        )
    )
measured = quality.filter(what="rows", criterion="jaccard_0.8").select(
    pl.col("table").cast(pl.String), "precision", "recall"
)
answer = pl.concat(found).join(measured, on="table", maintain_order="left")
print(answer)

# %% In one sentence
unread = sum(load.load(name).filter(pl.col("review") == "unreviewed").height for name in answer["table"])
worst = answer.sort("recall").row(0, named=True)
print(
    f"Rows that nobody has read: {unread}. The rules alone find between {answer['recall'].min():.0%} "
    f"({worst['table']}) and {answer['recall'].max():.0%} of the rows, and are right in "
    f"{answer['precision'].min():.0%} to {answer['precision'].max():.0%} of what they find (spans that share four "
    "fifths of their characters count as one)."
)

# %% The picture
import matplotlib.pyplot as plt

plt.style.use("docs/cookbook/cookbook.mplstyle")
shown = quality.filter(
    pl.col("criterion").is_in(["jaccard_0.8", "jaccard_0.8+equal"]),
    pl.col("what").is_in(["rows", "rows kind=direct", "rows kind=indirect", "speaker_id", "actor_id", "type", "status"])
    | ((pl.col("what") == "date") | (pl.col("what") == "value")),
).to_dicts()
figure, axes = plt.subplots(figsize=(9, 4.2))
for y, row in enumerate(shown):
    axes.plot([row["precision"], row["recall"]], [y, y], color="#bbbbbb", linewidth=2, zorder=1)
    axes.scatter(row["precision"], y, s=60, color="#0072B2", zorder=2, label="precision" if y == 0 else None)
    axes.scatter(row["recall"], y, s=60, color="#E69F00", marker="D", zorder=2, label="recall" if y == 0 else None)
axes.set_yticks(range(len(shown)), [f"{row['table']}: {row['what']} ({row['n_gold']})" for row in shown])
axes.invert_yaxis()
axes.set_xlim(0, 1.02)
axes.grid(axis="x")
axes.tick_params(length=0)
axes.set_xlabel("rules alone against the corrected rows; in brackets, how many rows")
axes.legend(loc="lower left")
plt.show()
