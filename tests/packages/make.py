"""Writes the packages of this folder: `good`, and under `broken/<code>` one package for every error of the validator.

    python tests/packages/make.py

Each broken package has one fault and yields its code and no other error. Those of the profile's rules are the good
package with one thing changed, cut down to the tables that the rule looks at. `tests/test_rules.py` fails where what
lies here is not what this file writes, and breaks the whole package in the same ways.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from newspkg import ids
from newspkg.package import RESOURCE_PROFILE
from newspkg.schema import house_folder
from packages.standard import BOOKS, LINT, ROWS, STANDARD, TABLE, changed_fields, one_file, one_table, two_tables

__all__ = ["BOOKS", "LINT", "ROWS", "STANDARD", "TABLE", "changed_fields", "one_file", "one_table", "two_tables"]

HERE = Path(__file__).resolve().parent

Row = dict[str, str]

# --- the texts, written for this purpose -----------------------------------------------------------------------------

TRUCE = """Ministers agree on a truce

12 March 2031

TAVRA - Velmaran Foreign Minister Ilse Maro signed a ceasefire with Ostria on 11 March 2031 after two weeks of fighting.

“We have stopped the guns,” Maro said, “and we will keep them silent.”

Maro told reporters that Ostria would send food to Velmara in April 2031. The prime minister of Velmara thanked Ostria.

Subscribe to our newsletter
"""
TALKS = """Calm in Kolm

15 March 2031

KOLM - The ceasefire of 11 March 2031 holds, Ostrian President Rudo Val said on Friday. “Velmara keeps its word,” he told members of parliament who had asked whether the truce would last. Kolm sees no reason for doubt.
"""
TEXTS = {"truce.txt": TRUCE, "talks.txt": TALKS}


class Pack:
    """A package in the making: rows by table, the texts, and the block of the profile."""

    def __init__(self) -> None:
        self.tables: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.texts = dict(TEXTS)
        self.block: dict[str, Any] = {
            "profile": "0.1",
            "quotedShareCeiling": 0.25,
            "typeVariants": {"RETREAT": ["AGREE"]},
        }

    def row(self, table: str, **cells: Any) -> Row:
        """A row of a table that has these cells."""
        for one in self.tables[table]:
            if all(one[k] == str(v) for k, v in cells.items()):
                return one
        raise KeyError((table, cells))


SCHEMAS: dict[str, dict[str, Any]] = {
    p.stem: json.loads(p.read_text(encoding="utf-8")) for p in sorted(house_folder().glob("*.json"))
}
TABLES = tuple(name for name in SCHEMAS if name != "quality")  # which a package may lack: these show that it may
_STRUCTURE = ("name", "type", "format", "constraints", "missingValues")


def schema_of(table: str, present: Sequence[str]) -> dict[str, Any]:
    """The schema of a table without its prose, its foreign keys those to tables that are present."""
    whole = SCHEMAS[table]
    keys = [k for k in whole.get("foreignKeys", []) if k["reference"].get("resource", "") in ("", *present)]
    return {
        "name": table,
        "fields": [{k: v for k, v in one.items() if k in _STRUCTURE} for one in whole["fields"]],
        "missingValues": [""],
        "primaryKey": whole["primaryKey"],
        **({"foreignKeys": keys} if keys else {}),
    }


# --- the good package ------------------------------------------------------------------------------------------------

BY_RULE = {"method": "rule", "confidence": "0.9", "review": "unreviewed"}


def _text(cells: dict[str, Any]) -> Row:
    return {k: "" if v is None else str(v) for k, v in cells.items()}


class Document:
    """A text with the rows that point into it."""

    def __init__(self, pack: Pack, name: str, published: str, body: tuple[str, str], outlet: str) -> None:
        self.pack, self.text = pack, pack.texts[name]
        self.sha256 = ids.text_sha256(self.text)
        self.id = ids.document_id(self.sha256)
        self.cells: dict[str, Any] = {
            "document_id": self.id,
            "source_file": name,
            "title": self.text.split("\n")[0],
            "outlet": outlet,
            "authors": '["Tove Arn"]',
            "language": "en",
            "genre": "news",
            "published": published,
            "published_earliest": published,
            "published_latest": published,
            "body_start": self.text.index(body[0]),
            "body_end": self.text.index(body[1]) + len(body[1]),
            "n_chars": len(self.text),
            "n_words": len(self.text.split()),
            "text_sha256": self.sha256,
            "extractor": "text",
            "licence": "CC0-1.0",
        }

    def find(self, words: str, after: str = "") -> tuple[int, int]:
        """Where words stand, the first time after other words."""
        start = self.text.index(words, self.text.index(after) + len(after) if after else 0)
        return start, start + len(words)

    def span(self, table: str, key: str, words: str, after: str = "", **cells: Any) -> str:
        """Adds the row of a span; returns its id."""
        start, end = self.find(words, after)
        row_id = ids.span_id(self.id, table, start, end)
        whole = {key: row_id, "document_id": self.id, "start": start, "end": end, **BY_RULE, **cells}
        self.pack.tables[table].append(_text(whole))
        return row_id

    def mention(self, words: str, actor: str, form: str, rule: str, after: str = "", **cells: Any) -> str:
        return self.span(
            "mentions",
            "mention_id",
            words,
            after,
            actor_id=actor,
            surface=words,
            form=form,
            reading="actor",
            rule=rule,
            **cells,
        )

    def time(self, words: str, value: str, days: tuple[str, str], precision: str, after: str = "", **cells: Any) -> str:
        known = {
            "earliest": days[0],
            "latest": days[1],
            "precision": precision,
            "anchor": "explicit",
            "rule": "date",
            **cells,
        }
        return self.span("times", "time_id", words, after, surface=words, value=value, **known)

    def quote(
        self,
        words: str,
        kind: str,
        speaker: tuple[str, str, str],
        cue: str,
        piece: int = 1,
        group: str = "",
        **cells: Any,
    ) -> str:
        actor, said_by, after = speaker
        start = self.find(words)[0]
        who, what = self.find(said_by, after), self.find(cue, after)
        cells = {
            "quote_group": group or f"{self.id}:g{start}",
            "piece": piece,
            "kind": kind,
            "text": words if kind == "direct" else None,
            "speaker_id": actor,
            "speaker_start": who[0],
            "speaker_end": who[1],
            "cue": cue,
            "cue_start": what[0],
            "cue_end": what[1],
            "cue_class": "neutral",
            "rule": "quote-source-cue",
            **cells,
        }
        return self.span("quotes", "quote_id", words, **cells)

    def event(self, words: str, trigger: str, kind: str, after: str = "", **cells: Any) -> str:
        clause = self.find(words, after)
        at = self.text.index(trigger, clause[0])
        cells = {
            "trigger": trigger,
            "trigger_start": at,
            "trigger_end": at + len(trigger),
            "type": kind,
            "rule": "noun",
            **cells,
        }
        return self.span("event_mentions", "event_mention_id", words, after, **cells)


def good() -> Pack:
    """The good package: two texts, five actors, two events, five quotes, three corrections."""
    pack = Pack()
    truce = Document(pack, "truce.txt", "2031-03-12", ("TAVRA", "thanked Ostria."), "Harbour Wire")
    talks = Document(pack, "talks.txt", "2031-03-15", ("KOLM", "for doubt."), "Kolm Courier")
    _actors(pack)

    maro = truce.mention("Velmaran Foreign Minister Ilse Maro", "ilse-maro", "title_name", "title_name")
    truce.mention("Ostria", "ostria", "name", "name", after="ceasefire with ")
    truce.mention("Maro", "ilse-maro", "surname", "surname", after="the guns,” ")
    teller = truce.mention("Maro", "ilse-maro", "surname", "surname", after="silent.”")
    truce.mention("Velmara", "velmara", "name", "name", after="food to ")
    added = truce.mention(
        "prime minister of Velmara",
        "tove-arn",
        "nominal",
        "correction",
        method="human",
        confidence="1",
        review="corrected",
    )
    val = talks.mention("Ostrian President Rudo Val", "rudo-val", "title_name", "title_name.office")
    talks.mention("Kolm", "ostria", "metonym", "metonym", after="last. ")

    dateline = truce.time("12 March 2031", "2031-03-12", ("2031-03-12",) * 2, "day")
    signed = truce.time("11 March 2031", "2031-03-11", ("2031-03-11",) * 2, "day")
    april = truce.time("April 2031", "2031-04", ("2031-04-01", "2031-04-30"), "month")
    printed = talks.time("15 March 2031", "2031-03-15", ("2031-03-15",) * 2, "day")
    talks.time("11 March 2031", "2031-03-11", ("2031-03-11",) * 2, "day")
    talks.time(
        "Friday", "2031-03-14", ("2031-03-14",) * 2, "day", anchor="publication", anchor_time_id=printed, rule="weekday"
    )
    for document, evidence in ((truce, dateline), (talks, printed)):
        place = ids.split_span_id(evidence)
        assert place is not None
        document.cells["published_evidence_start"], document.cells["published_evidence_end"] = place[2:]

    first = truce.quote("We have stopped the guns,", "direct", ("ilse-maro", "Maro", "the guns,” "), "said")
    truce.quote(
        "and we will keep them silent.",
        "direct",
        ("ilse-maro", "Maro", "the guns,” "),
        "said",
        2,
        f"{truce.id}:g{truce.find('We have')[0]}",
    )
    food = truce.quote(
        "Ostria would send food to Velmara in April 2031",
        "indirect",
        ("ilse-maro", "Maro", "silent.”"),
        "told",
        speaker_mention_id=teller,
    )
    talks.quote(
        "The ceasefire of 11 March 2031 holds",
        "indirect",
        ("rudo-val", "Ostrian President Rudo Val", ""),
        "said",
        speaker_mention_id=val,
    )
    talks.quote("Velmara keeps its word,", "direct", ("rudo-val", "he", "word,” "), "told")

    plain = {"status": "actual", "tense": "past", "voice": "author"}
    told = truce.event(
        "Velmaran Foreign Minister Ilse Maro signed a ceasefire with Ostria on 11 March 2031",
        "ceasefire",
        "RETREAT",
        time_id=signed,
        **plain,
    )
    said = {"status": "actual", "tense": "present", "voice": "attributed"}
    talks.event("The ceasefire of 11 March 2031 holds", "ceasefire", "AGREE", **said)
    promise = {"status": "planned", "tense": "future", "voice": "attributed", "quote_id": food, "time_id": april}
    sent = truce.event("Ostria would send food to Velmara in April 2031", "send", "AID", **promise)
    _events(pack, ids.event_id(told), "ostrian-food-aid-2031", sent)

    kept = {"method": "rule", "rule": "boilerplate", "kind": "boilerplate"}
    truce.span("omissions", "omission_id", "Subscribe to our newsletter", reason="an invitation to subscribe", **kept)
    for cells in (
        {
            "table": "event_mentions",
            "row_id": sent,
            "field": "event_id",
            "value": "ostrian-food-aid-2031",
            "reason": "a name to cite",
        },
        {"table": "mentions", "row_id": added, "field": "*", "value": "add", "reason": "the office was not known"},
        {"table": "mentions", "row_id": f"{truce.id}:m0-9", "field": "*", "value": "drop", "reason": "no single actor"},
        {
            "table": "quotes",
            "row_id": first,
            "field": "speaker_id",
            "value": "ilse-maro",
            "reason": "as the next words say",
        },
    ):
        pack.tables["corrections"].append({**cells, "source": "read in the article"})
    assert maro
    pack.tables["documents"] = [_text(d.cells) for d in (truce, talks)]
    settle(pack)
    return pack


def _actors(pack: Pack) -> None:
    for actor, name, kind, country, part_of in (
        ("ilse-maro", "Ilse Maro", "person", "VLM", "velmara"),
        ("ostria", "Ostria", "state", "OST", ""),
        ("rudo-val", "Rudo Val", "person", "OST", "ostria"),
        ("tove-arn", "Tove Arn", "person", "VLM", "velmara"),
        ("velmara", "Velmara", "state", "VLM", ""),
    ):
        pack.tables["actors"].append(
            {"actor_id": actor, "name": name, "type": kind, "country": country, "part_of": part_of}
        )
    for actor, name, kind, start, end in (
        ("ilse-maro", "Maro", "short", "", ""),
        ("ostria", "Kolm", "metonym", "1990", ""),
        ("ostria", "Tavra", "metonym", "", "1990"),
        ("velmara", "Tavra", "metonym", "1990", ""),
    ):
        pack.tables["actor_names"].append(
            {"actor_id": actor, "name": name, "language": "en", "kind": kind, "valid_from": start, "valid_to": end}
        )
    for role, actor, organisation, office, start, end in (
        ("ilse-maro-foreign-minister-2030", "ilse-maro", "velmara", "Minister of Foreign Affairs", "2030-01-15", ""),
        ("rudo-val-president-2028", "rudo-val", "ostria", "President", "2028", "2034-05"),
        ("tove-arn-prime-minister-2029", "tove-arn", "velmara", "Prime Minister", "2029-11", ""),
    ):
        cells = {
            "role_id": role,
            "actor_id": actor,
            "organisation_id": organisation,
            "role": office,
            "sector": "GOV",
            "valid_from": start,
            "valid_to": end,
        }
        pack.tables["actor_roles"].append({**cells, "source": "Velmaran Gazette"})


def _events(pack: Pack, truce: str, food: str, sent: str) -> None:
    for mention in pack.tables["event_mentions"]:
        mention["event_id"] = food if mention["event_mention_id"] == sent else truce
    made = {**BY_RULE, "rule": "merge"}
    for event, cells in (
        (
            truce,
            {
                "type": "RETREAT",
                "mode": "ceasefire",
                "status": "actual",
                "label": "Velmara and Ostria: ceasefire, 11 March 2031",
                "date": "2031-03-11",
            },
        ),
        (
            food,
            {
                "type": "AID",
                "mode": "",
                "status": "planned",
                "label": "Ostria to Velmara: aid, April 2031",
                "date": "2031-04",
            },
        ),
    ):
        pack.tables["events"].append({"event_id": event, **cells, "place": "Tavra", "place_country": "VLM", **made})
    row = pack.tables["events"]
    row[0].update(earliest="2031-03-11", latest="2031-03-11", date_precision="day")
    row[1].update(earliest="2031-04-01", latest="2031-04-30", date_precision="month")
    for event, actor, role in (
        (truce, "ilse-maro", "initiator"),
        (truce, "ostria", "target"),
        (food, "ostria", "initiator"),
        (food, "velmara", "target"),
    ):
        pack.tables["event_participants"].append({"event_id": event, "actor_id": actor, "role": role, **made})
    pack.tables["event_links"].append(
        {
            "event_a": food,
            "event_b": truce,
            "relation": "follows",
            "evidence": "the same two states, a month later",
            **made,
        }
    )


def settle(pack: Pack) -> None:
    """Sorts the rows by their keys and counts what is counted."""
    for table, rows in pack.tables.items():
        key = SCHEMAS[table]["primaryKey"]
        rows.sort(key=lambda row, key=key: [row[name] for name in key])  # type: ignore[misc]
    for document in pack.tables["documents"]:
        own = {
            t: [r for r in pack.tables[t] if r["document_id"] == document["document_id"]]
            for t in ("quotes", "mentions", "event_mentions")
        }
        document.update({f"n_{table}": str(len(rows)) for table, rows in own.items()})
        quoted = sum(int(q["end"]) - int(q["start"]) for q in own["quotes"] if q["kind"] == "direct")
        document["quoted_chars"] = str(quoted)
        document["quoted_share"] = str(round(quoted / int(document["n_chars"]), 4))
    for event in pack.tables["events"]:
        told = [m for m in pack.tables["event_mentions"] if m["event_id"] == event["event_id"]]
        event["n_mentions"], event["n_documents"] = str(len(told)), str(len({m["document_id"] for m in told}))


# --- writing ---------------------------------------------------------------------------------------------------------


def _csv(table: str, rows: list[Row]) -> bytes:
    names = [f["name"] for f in SCHEMAS[table]["fields"]]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def files_of(
    pack: Pack, tables: Sequence[str] = TABLES, *, apart: bool = False, texts: bool = False
) -> dict[str, bytes]:
    """The files of a package with these tables; `apart`: schemas in files of their own."""
    files: dict[str, bytes] = {}
    resources = []
    for table in tables:
        raw = files[f"data/{table}.csv"] = _csv(table, pack.tables[table])
        schema: Any = schema_of(table, tables)
        if apart:
            files[f"schemas/{table}.json"] = _json(schema)
            schema = f"schemas/{table}.json"
        digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
        resources.append(
            {
                "$schema": RESOURCE_PROFILE,
                "name": table,
                "path": f"data/{table}.csv",
                "type": "table",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(raw),
                "hash": digest,
                "rows": len(pack.tables[table]),
                "schema": schema,
            }
        )
    files["datapackage.json"] = _json({"name": "truce", "newspkg": pack.block, "resources": resources})
    if texts:
        files.update({f"texts/{name}": text.encode() for name, text in pack.texts.items()})
    return files


# --- broken by a rule of the profile ---------------------------------------------------------------------------------

Break = Callable[[Pack], None]
RULES: dict[str, tuple[Break, tuple[str, ...]]] = {}  # code -> (what to change, the tables that the rule looks at)


def breaks(code: str, *tables: str) -> Callable[[Break], Break]:
    """Registers a change to the good package."""

    def register(change: Break) -> Break:
        RULES[code] = (change, tables)
        return change

    return register


@breaks("span-outside-text", "documents", "omissions")
def _(pack: Pack) -> None:
    row = pack.tables["omissions"][0]
    row["end"] = "9999"
    row["omission_id"] = f"{row['document_id']}:o{row['start']}-9999"


@breaks("span-outside-body", "documents", "mentions")
def _(pack: Pack) -> None:
    last = pack.row("mentions", surface="Kolm")
    pack.row("documents", document_id=last["document_id"])["body_end"] = last["start"]


@breaks("trigger-outside-span", "event_mentions")
def _(pack: Pack) -> None:
    row = pack.row("event_mentions", type="AID")
    row["trigger_start"] = str(int(row["start"]) - 5)


@breaks("other-document", "mentions", "quotes")
def _(pack: Pack) -> None:
    told = pack.row("quotes", kind="indirect", speaker_id="ilse-maro")
    told["speaker_mention_id"] = pack.row("mentions", surface="Ostrian President Rudo Val")["mention_id"]


@breaks("speaker-inside-content", "quotes")
def _(pack: Pack) -> None:
    told = pack.row("quotes", text="Velmara keeps its word,")
    told["speaker_start"], told["speaker_end"] = told["start"], str(int(told["start"]) + 7)


@breaks("group-disagrees", "quotes")
def _(pack: Pack) -> None:
    pack.row("quotes", piece=2)["speaker_id"] = "tove-arn"


@breaks("quote-text-kind", "quotes")
def _(pack: Pack) -> None:
    pack.row("quotes", kind="indirect", speaker_id="rudo-val")["text"] = "The ceasefire of 11 March 2031 holds"


@breaks("quoted-share", "documents")
def _(pack: Pack) -> None:
    pack.block["quotedShareCeiling"] = 0.1
    low = min(pack.tables["documents"], key=lambda row: float(row["quoted_share"]))
    assert 0.08 < float(low["quoted_share"]) < 0.2


@breaks("edtf-error", "actor_roles")
def _(pack: Pack) -> None:
    pack.row("actor_roles", actor_id="ilse-maro")["valid_from"] = "15 January 2030"


@breaks("date-bounds", "events")
def _(pack: Pack) -> None:
    pack.row("events", type="AID")["latest"] = "2031-04-28"


@breaks("mode-type", "events")
def _(pack: Pack) -> None:
    pack.row("events", type="RETREAT")["mode"] = "aerial"


@breaks("target-missing", "events", "event_participants")
def _(pack: Pack) -> None:
    pack.row("event_participants", actor_id="velmara")["role"] = "participant"


@breaks("event-without-mention", "events", "event_mentions")
def _(pack: Pack) -> None:
    lone = {**pack.row("events", type="RETREAT"), "event_id": "evt-00000000000000aa", "mode": "disarm"}
    pack.tables["events"].append(lone)
    pack.tables["events"].sort(key=lambda row: row["event_id"])


@breaks("mention-type-differs", "events", "event_mentions")
def _(pack: Pack) -> None:
    pack.row("event_mentions", type="AID")["type"] = "AGREE"


@breaks("actual-after-publication", "documents", "events", "event_mentions")
def _(pack: Pack) -> None:
    pack.row("events", type="AID")["status"] = "actual"


@breaks("count-mismatch", "documents", "mentions")
def _(pack: Pack) -> None:
    pack.tables["documents"][0]["n_mentions"] = "17"


@breaks("id-rule", "times")
def _(pack: Pack) -> None:
    row = pack.row("times", surface="Friday")
    row["time_id"] = f"{row['document_id']}:t{int(row['start']) - 1}-{row['end']}"


@breaks("row-order", "actors")
def _(pack: Pack) -> None:
    rows = pack.tables["actors"]
    rows[-1], rows[-2] = rows[-2], rows[-1]


@breaks("actor-unused", "actors", "actor_roles", "mentions", "quotes", "event_participants")
def _(pack: Pack) -> None:
    pack.tables["actors"].append(
        {"actor_id": "zora-lind", "name": "Zora Lind", "type": "person", "country": "", "part_of": ""}
    )


@breaks("role-outside-dates", "actors", "actor_roles", "documents", "mentions")
def _(pack: Pack) -> None:
    pack.row("actor_roles", actor_id="rudo-val")["valid_to"] = "2030-05"


@breaks("metonym-shared", "actor_names")
def _(pack: Pack) -> None:
    pack.row("actor_names", actor_id="ostria", name="Tavra")["valid_to"] = "1995"


@breaks("part-of-cycle", "actors")
def _(pack: Pack) -> None:
    pack.row("actors", actor_id="velmara")["part_of"] = "ilse-maro"


@breaks("correction-stale", "quotes", "corrections")
def _(pack: Pack) -> None:
    pack.row("corrections", field="speaker_id")["value"] = "tove-arn"


@breaks("text-hash-mismatch", "documents")
def _(pack: Pack) -> None:
    pack.texts["talks.txt"] = pack.texts["talks.txt"].replace("no reason", "every reason")


@breaks("surface-mismatch", "documents", "mentions")
def _(pack: Pack) -> None:
    pack.row("mentions", surface="Kolm")["surface"] = "Koln"


@breaks("quote-marks", "documents", "quotes")
def _(pack: Pack) -> None:
    row = pack.row("quotes", text="Velmara keeps its word,")
    start, end = int(row["start"]) - 1, int(row["end"]) + 1  # the marks taken for words
    row.update(
        start=str(start),
        end=str(end),
        quote_id=f"{row['document_id']}:q{start}-{end}",
        quote_group=f"{row['document_id']}:g{start}",
    )
    row["text"] = f"“{row['text']}”"
    settle(pack)


WITH_TEXTS = ("text-hash-mismatch", "surface-mismatch", "quote-marks")


def broken(code: str) -> dict[str, bytes]:
    """The files of the package that breaks `code`."""
    if code in STANDARD or code in LINT:
        return STANDARD.get(code) or LINT[code]
    change, tables = RULES[code]
    pack = good()
    change(pack)
    return files_of(pack, tables, texts=code in WITH_TEXTS)


def broken_whole(code: str) -> dict[str, bytes]:
    """The whole good package, broken in the same way."""
    pack = good()
    RULES[code][0](pack)
    return files_of(pack, texts=code in WITH_TEXTS)


CODES = tuple(sorted({*STANDARD, *LINT, *RULES}))


def everything() -> dict[str, bytes]:
    """Every file of this folder that is written here, by its path."""
    files = {f"good/{name}": raw for name, raw in files_of(good(), apart=True, texts=True).items()}
    for code in CODES:
        files.update({f"broken/{code}/{name}": raw for name, raw in broken(code).items()})
    return files


def write(files: dict[str, bytes], folder: Path) -> Path:
    """Writes files below a folder."""
    for name, raw in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def main() -> None:
    """Writes this folder anew."""
    for name in ("good", "broken"):
        shutil.rmtree(HERE / name, ignore_errors=True)
    write(everything(), HERE)


if __name__ == "__main__":
    main()
