"""Who accuses whom, and who is told as acting against whom?

Counts of what five authors chose to tell: a higher number means that these texts tell more of it, and nothing else;
an event with two targets counts for each, and wars told with two parties on equal terms have no direction and are not
here.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
ACCUSE, WORDS = ["ACCUSE"], ["REQUEST", "REJECT", "THREATEN"]  # conflict in words, as PLOVER has it
DEEDS = ["PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"]  # conflict in deeds
actors = load.actors()
states = actors.filter(pl.col("type") == "state", pl.col("country").is_not_null()).select("country", state="name")
party = actors.join(
    states, on="country", how="left"
).select(  # ministers, ministries and parties count for their country
    "actor_id", party=pl.coalesce("state", "name")
)
roles = load.event_participants().join(party, on="actor_id")
outlets = load.event_mentions().group_by("event_id").agg(told_by="document_id")
one = roles.filter(pl.col("role") == "initiator").select("event_id", pl.col("party").alias("from"))
other = roles.filter(pl.col("role") == "target").select("event_id", pl.col("party").alias("to"))
pairs = (
    one.join(other, on="event_id")
    .unique()
    .join(load.events(), on="event_id")
    .join(outlets, on="event_id")
    .filter(pl.col("type").cast(pl.String).is_in(ACCUSE + WORDS + DEEDS))
    .filter(~pl.col("mode").eq_missing("meet") | (pl.col("type") != "REQUEST"))  # an invitation is no attack
)
kind = pl.col("type").cast(pl.String)
answer = (
    pairs.group_by("from", "to")
    .agg(
        kind.is_in(ACCUSE).sum().alias("accusations"),
        kind.is_in(WORDS).sum().alias("other words"),
        kind.is_in(DEEDS).sum().alias("deeds"),
        (pl.col("status") != "actual").sum().alias("not as a fact"),
        pl.col("told_by").list.explode().n_unique().alias("outlets"),
    )
    .sort("from", "to")
)
print(answer)

# %% In one sentence
print(
    f"{answer['accusations'].sum()} accusations, {answer['other words'].sum()} demands and refusals and "
    f"{answer['deeds'].sum()} hostile deeds with a doer and a target, from one party to another in "
    f"{answer.height} directions; not told as facts: {answer['not as a fact'].sum()}."
)

# %% The picture
import matplotlib.pyplot as plt

plt.style.use("docs/cookbook/cookbook.mplstyle")
figure, panels = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
words = answer.with_columns((pl.col("accusations") + pl.col("other words")).alias("words"))
rows, columns = sorted(set(answer["from"])), sorted(set(answer["to"]))
for axes, what, colours in zip(panels, ("words", "deeds"), ("Blues", "Oranges"), strict=True):
    grid = [[0] * len(columns) for _ in rows]
    for row in words.to_dicts():
        grid[rows.index(row["from"])][columns.index(row["to"])] = row[what]
    axes.imshow(grid, cmap=colours, vmin=0, vmax=6, aspect="auto")
    for y, line in enumerate(grid):
        for x, count in enumerate(line):
            axes.text(x, y, count or "·", ha="center", va="center", color="black" if count else "#bbbbbb")
    axes.set_xticks(range(len(columns)), columns, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("to")
panels[0].set_title("in words: accusations, demands, refusals")
panels[1].set_title("in deeds: force, coercion, exercises")
panels[0].set_ylabel("from")
plt.show()
