"""What was left out, and why?

Only what was noticed can be listed: an omission says why a place that looks like a quote or an event is none, and a
zero says that nothing was noticed, not that nothing is missing.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
documents = load.documents().sort("published_earliest")
omissions = load.omissions().join(documents.select("document_id", "outlet"), on="document_id")
counts = [(pl.col("outlet") == outlet).sum().alias(outlet) for outlet in documents["outlet"]]
whole = pl.col("n_chars") - pl.col("body_end") + pl.col("body_start")
outside = documents.select("outlet", outside=whole)
answer = pl.concat(
    [
        omissions.group_by(left_out=pl.col("kind")).agg(counts).sort("left_out").cast({"left_out": pl.String}),
        outside.select(pl.lit("characters outside the article").alias("left_out"), pl.all()).pivot(
            "outlet", index="left_out", values="outside"
        ),
    ],
    how="vertical_relaxed",
)
print(answer)

# %% In one sentence
marks = omissions.filter(kind="scare_quote")
top = marks["outlet"].value_counts(sort=True).row(0)
print(
    f"{omissions.height} places, {marks.height} of them words in marks that nobody is quoted with, {top[1]} of these "
    f"in {top[0]} alone: whoever counts all marks as quotes counts irony as speech."
)
