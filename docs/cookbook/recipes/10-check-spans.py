"""How do I check the rows against my own copy of the articles?

A text fits only if it is the very text the rows were made from, to the character; a copy from elsewhere has another
hash, and its offsets mean nothing. `pkg hydrate my-articles --out hydrated` fills in the words of every span.
"""

import sys

import polars as pl

sys.path.insert(0, "scripts")
import load  # scripts/load.py

pl.Config(tbl_formatting="MARKDOWN", tbl_rows=-1, tbl_cols=-1, tbl_width_chars=-1, fmt_str_lengths=90)
pl.Config(tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True)

# %% The answer
import hashlib
from pathlib import Path

# Yours: python docs/cookbook/recipes/10-check-spans.py . my-articles. Without that, what `make package` makes.
package, articles = sys.argv[1:] or ["build/examples", "examples/articles"]
texts = {}
for file in sorted(Path(articles).glob("*.txt")):
    text = file.read_bytes().decode("utf-8-sig")  # bytes, as reading text would change the ends of lines
    texts[hashlib.sha256(text.encode()).hexdigest()] = text
known = load.documents(Path(package) / "data").with_columns(pl.col("text_sha256").is_in(list(texts)).alias("known"))
rows = []
for table, words, start, end in (
    ("mentions", "surface", "start", "end"),
    ("times", "surface", "start", "end"),
    ("event_mentions", "trigger", "trigger_start", "trigger_end"),
    ("quotes", "text", "start", "end"),
    ("quotes", "cue", "cue_start", "cue_end"),
):
    spans = load.load(table, Path(package) / "data").filter(pl.col(words).is_not_null())
    mine = spans.join(known.filter("known").select("document_id", "text_sha256"), on="document_id").to_dicts()
    equal = sum(texts[span["text_sha256"]][span[start] : span[end]] == span[words] for span in mine)
    rows.append({"table": table, "words": words, "spans": spans.height, "text at hand": len(mine), "equal": equal})
answer = pl.DataFrame(rows)
print(answer)

# %% In one sentence
print(
    "Take `text[start:end]` of the text whose SHA-256 the document states: "
    f"{known['known'].sum()} of {known.height} texts are in `{articles}`, known by their hash, and "
    f"{answer['equal'].sum()} of {answer['text at hand'].sum()} spans in them hold the words of their row."
)
