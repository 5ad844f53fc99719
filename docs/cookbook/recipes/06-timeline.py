"""What happened when, and how exactly do the texts say it?

The bars are what can be said, not how long it lasted: an event with a range as its date may have taken an hour in it,
and an open bar has no end the texts tell.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
events = load.events().filter(pl.col("date").is_not_null()).sort("earliest", "latest", "event_id")
day = pl.col("earliest", "latest").dt.to_string("%Y-%m-%d").fill_null("..")  # ".." is EDTF for an open end
answer = events.select(
    day,
    (pl.col("latest") - pl.col("earliest")).dt.total_days().add(1).cast(pl.String).fill_null("").alias("days"),
    pl.col("date_precision").alias("precision"),
    pl.col("label").alias("event"),
)
print(answer)

# %% In one sentence
counts = events["date_precision"].value_counts().sort("date_precision").iter_rows()
print(
    f"{answer.height} of {load.events().height} events have a date, by precision: "
    f"{', '.join(f'{name} {count}' for name, count in counts)}."
)

# %% The picture
import datetime
import textwrap

import matplotlib.dates as mdates
import matplotlib.pyplot as plt

plt.style.use("docs/cookbook/cookbook.mplstyle")
figure, panels = plt.subplots(2, 1, figsize=(9, 13), height_ratios=(1, 3.1))
colours = {"day": "#000000", "month": "#0072B2", "range": "#E69F00", "decade": "#CC79A7", "open": "#009E73"}
old = events.filter((pl.col("earliest") < datetime.date(2020, 1, 1)) | pl.col("earliest").is_null())
recent = events.join(old, on="event_id", how="anti", maintain_order="left")
for axes, rows, first, last in zip(panels, (old, recent), (1988, 2020), (2026, 2026), strict=True):
    low, high = datetime.date(first, 1, 1), datetime.date(last, 1, 1)
    for y, row in enumerate(rows.to_dicts()):
        start, end = row["earliest"] or low, row["latest"] or high
        colour = colours[row["date_precision"]]
        axes.plot([start, end + datetime.timedelta(1)], [y, y], color=colour, linewidth=5, solid_capstyle="butt")
        if (end - start) < (high - low) / 100:  # a bar too short to be seen
            axes.plot(start + (end - start) / 2, y, "|", color=colour, markersize=9, markeredgewidth=2)
        if row["latest"] is None:
            axes.plot(high, y, ">", color=colour, markersize=7, clip_on=False)
        if row["earliest"] is None:
            axes.plot(low, y, "<", color=colour, markersize=7, clip_on=False)
    axes.set_yticks(
        range(rows.height), [textwrap.shorten(label, 58, placeholder=" ...") for label in rows["label"]], fontsize=7.5
    )
    axes.set_ylim(rows.height - 0.3, -0.7)
    axes.set_xlim(low, high)
    axes.xaxis.set_major_locator(mdates.YearLocator(1 if axes is panels[1] else 5))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    axes.grid(axis="x")
    axes.tick_params(length=0)
for precision, colour in colours.items():
    panels[0].plot([], [], color=colour, linewidth=5, label=precision)
panels[0].legend(title="precision of the date", loc="lower left", bbox_to_anchor=(0, 1), ncols=5)
for row in load.documents().to_dicts():
    panels[1].axvline(row["published_earliest"], color="#999999", linewidth=0.8, linestyle=":", zorder=0)
panels[1].set_xlabel("dotted: the days of publication")
plt.show()
