"""Whose voice carries what is planned, possible, denied or disputed?

The voice is that of the clause: attributed without a speaker means that the article keeps its distance, by marks
around the word, and names nobody; and a claim told without a word against it is still a claim.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
documents = load.documents().sort("published_earliest")
speaker = load.quotes().join(load.actors(), left_on="speaker_id", right_on="actor_id", how="left")
mentions = (
    load.event_mentions()
    .join(documents.select("document_id", "outlet", "published_earliest"), on="document_id")
    .join(speaker.select("quote_id", speaker="name"), on="quote_id", how="left")
    .join(load.events().select("event_id", event="label"), on="event_id")
)
answer = (
    mentions.filter(pl.col("status") != "actual")
    .sort("status", "published_earliest", "start")
    .select("status", "outlet", "voice", pl.col("speaker").fill_null(""), "trigger", "event")
)
print(answer)

# %% In one sentence
doubt = pl.col("status") != "actual"
shares = mentions.group_by("voice").agg(all=pl.len(), doubted=doubt.sum()).sort("voice").to_dicts()
author, attributed = shares
disputed = answer.filter(pl.col("status") == "disputed")
print(
    f"Of {attributed['all']} mentions in somebody's speech {attributed['doubted']} are not told as facts "
    f"({attributed['doubted'] / attributed['all']:.0%}), of {author['all']} in the article's own voice "
    f"{author['doubted']} ({author['doubted'] / author['all']:.0%}); of {disputed.height} disputed ones "
    f"{disputed.filter(pl.col('voice') == 'attributed').height} are somebody else's words."
)
