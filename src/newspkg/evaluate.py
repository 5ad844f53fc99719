"""Two packages of the same texts, one of them taken as right: precision, recall and F1, row by row of one table.

    documents   the same text; then each field that is known or decided, equal
    quotes      spans, of each kind; then kind and speaker
    mentions    spans, of each reading and, where an actor is meant, of each form; then reading, form and actor
    times       spans; then the date
    event_mentions   spans, of each type; then type, status and date

A figure counts pairs of a gold and a predicted row that meet its criterion, each row in one pair at most: the most
pairs that can be made, so that no order of the rows and no tie plays a part, and gold and predicted can change places.
`exact` is the same start and end; `jaccard_0.8` that the characters in both are eight tenths of those in either;
`overlap` one common character. `+equal` asks besides that the cell is equal (two empty cells are), `+dates_meet` that
the days the two dates admit have one in common. What has no partner is wrong, so the recall of such a row is the
accuracy over all of gold. Where nothing was found, or there was nothing to find, the share is 0.

The date of an event mention is that of its event, or where that has none, that of the expression it points at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newspkg import edtf, ids
from newspkg.package import DESCRIPTOR
from newspkg.problems import CannotRun, UsageError
from newspkg.schema import house_schemas
from newspkg.tables import Row, parse, read_csv_rows

__all__ = ["COLUMNS", "CRITERIA", "Evaluation", "compare", "evaluate", "most_pairs"]

COLUMNS = ("table", "what", "criterion", "n_gold", "n_predicted", "n_right", "precision", "recall", "f1")
READ = ("documents", "quotes", "mentions", "times", "event_mentions", "events")  # what is needed of a package
JACCARD = (4, 5)  # the share as a fraction: compared in whole numbers, so that no rounding decides

Tables = Mapping[str, Sequence[Row]]
Pair = tuple[int, int]  # places of a gold and a predicted row in their lists

# Fields of `documents` that somebody has to know or decide; the others are counted or copied.
DOCUMENT_FIELDS = (
    "title", "outlet", "authors", "url", "language", "genre", "published", "published_earliest", "published_latest",
    "published_evidence_start", "published_evidence_end", "body_start", "body_end", "rights", "licence",
)  # fmt: skip

# How the spans of a pair must lie to each other: name -> (shared characters, characters of either) -> whether.
CRITERIA: dict[str, Callable[[int, int], bool]] = {
    "exact": lambda shared, either: shared == either,
    "jaccard_0.8": lambda shared, either: shared * JACCARD[1] >= either * JACCARD[0],
    "overlap": lambda shared, _: shared > 0,
}


@dataclass(frozen=True)
class _Question:
    """One thing that is asked of a table: of which rows, and whether the rows of a pair agree."""

    what: str
    concerns: Callable[[Row], bool] = lambda _: True
    agree: Callable[[Row, Row], bool] = lambda _gold, _predicted: True
    suffix: str = ""  # of the criterion


# --- pairs ----------------------------------------------------------------------------------------------------------


def most_pairs(edges: Iterable[Pair]) -> int:
    """How many of the edges can be chosen so that no gold and no predicted row is in two of them: the maximum.

    Augmenting paths, without recursion. Time in the worst case: rows times edges.
    """
    near: dict[int, list[int]] = {}
    for gold, predicted in edges:
        near.setdefault(gold, []).append(predicted)
    owner: dict[int, int] = {}  # predicted -> gold
    held: dict[int, int] = {}  # gold -> predicted
    for start in near:
        reached: dict[int, int] = {}  # predicted -> the gold row from which it was reached
        queue = [start]
        free: int | None = None
        for gold in queue:  # which grows while it is walked
            for predicted in near[gold]:
                if predicted in reached:
                    continue
                reached[predicted] = gold
                if predicted not in owner:
                    free = predicted
                    break
                queue.append(owner[predicted])
            if free is not None:
                break
        while free is not None:  # each gold row on the path takes the partner found for it and frees its old one
            gold = reached[free]
            before = held.get(gold)
            owner[free], held[gold] = gold, free
            free = before
    return len(owner)


def _meetings(gold: Sequence[Row], predicted: Sequence[Row]) -> Iterator[tuple[Pair, int, int]]:
    """Every pair of spans with a common character: (places), shared characters, characters of either."""
    starts = [(row["document_id"], row["start"], 0, n) for n, row in enumerate(gold)]
    starts += [(row["document_id"], row["start"], 1, n) for n, row in enumerate(predicted)]
    sides = (gold, predicted)
    open_spans: tuple[list[int], list[int]] = ([], [])
    document = None
    for name, start, side, n in sorted(starts):
        if name != document:
            document, open_spans = name, ([], [])
        end = sides[side][n]["end"]
        others = open_spans[1 - side]
        others[:] = [m for m in others if sides[1 - side][m]["end"] > start]
        for m in others:
            other = sides[1 - side][m]
            shared = min(end, other["end"]) - start
            either = max(end, other["end"]) - other["start"]
            if shared > 0:
                yield ((n, m) if side == 0 else (m, n)), shared, either
        open_spans[side].append(n)


def _figure(table: str, what: str, criterion: str, n_gold: int, n_predicted: int, n_right: int) -> Row:
    def share(part: int, whole: int) -> float:
        return round(part / whole, 4) if whole else 0.0

    precision, recall = share(n_right, n_predicted), share(n_right, n_gold)
    f1 = share(2 * n_right, n_gold + n_predicted)
    cells = (table, what, criterion, n_gold, n_predicted, n_right, precision, recall, f1)
    return dict(zip(COLUMNS, cells, strict=True))


def _ask(
    table: str,
    questions: Iterable[_Question],
    gold: Sequence[Row],
    predicted: Sequence[Row],
    pairs: Mapping[str, Sequence[Pair]],
) -> Iterator[Row]:
    """The figures of one table; a question that concerns no row of either side is not answered."""
    for question in questions:
        of_gold = {n for n, row in enumerate(gold) if question.concerns(row)}
        of_predicted = {n for n, row in enumerate(predicted) if question.concerns(row)}
        if not of_gold and not of_predicted:
            continue
        for criterion, near in pairs.items():
            edges = [
                (g, p) for g, p in near if g in of_gold and p in of_predicted and question.agree(gold[g], predicted[p])
            ]
            name = criterion + question.suffix
            yield _figure(table, question.what, name, len(of_gold), len(of_predicted), most_pairs(edges))


# --- questions ------------------------------------------------------------------------------------------------------


def _same(column: str, what: str = "", concerns: Callable[[Row], bool] = lambda _: True) -> _Question:
    return _Question(what or column, concerns, lambda g, p: g.get(column) == p.get(column), "+equal")


def _dates_meet(column: str, concerns: Callable[[Row], bool], what: str) -> _Question:
    def agree(gold: Row, predicted: Row) -> bool:
        a, b = gold.get(column), predicted.get(column)
        if a is None or b is None or a == b:
            return bool(a == b)
        return edtf.valid(a) and edtf.valid(b) and edtf.overlap(a, b)

    return _Question(what, concerns, agree, "+dates_meet")


def _having(column: str, value: str, *, where: Callable[[Row], bool] = lambda _: True) -> Callable[[Row], bool]:
    return lambda row: row.get(column) == value and where(row)


def _stated(column: str) -> Callable[[Row], bool]:
    return lambda row: row.get(column) is not None


def _means_actor(row: Row) -> bool:
    return row.get("reading") == "actor"


def _questions(table: str, rows: Sequence[Row]) -> list[_Question]:
    """What is asked of a table; `rows` of both sides say which kinds there are."""

    def kinds(column: str, where: Callable[[Row], bool] = lambda _: True) -> list[_Question]:
        seen = sorted({row[column] for row in rows if row.get(column) is not None and where(row)})
        return [_Question(f"rows {column}={value}", _having(column, value, where=where)) for value in seen]

    asked = [_Question("rows")]
    match table:
        case "documents":
            asked += [_same(column) for column in DOCUMENT_FIELDS]
        case "quotes":
            asked += [*kinds("kind"), _same("kind"), _same("speaker_id")]
        case "mentions":
            asked += [*kinds("reading"), *kinds("form", _means_actor), _same("reading"), _same("form")]
            asked += [_same("actor_id"), _same("actor_id", "actor_id reading=actor", _means_actor)]
        case "times":
            dated = _stated("value")
            asked += [_same("value"), _dates_meet("value", dated, "value stated")]
        case "event_mentions":
            dated = _stated("date")
            asked += [
                *kinds("type"),
                _same("type"),
                _same("status"),
                _same("date"),
                _same("date", "date stated", dated),
            ]
            asked += [_dates_meet("date", lambda _: True, "date"), _dates_meet("date", dated, "date stated")]
    return asked


# --- two packages as rows -------------------------------------------------------------------------------------------


def _named_by_text(tables: Tables) -> dict[str, list[Row]]:
    """Copies of the rows: documents named by their text's hash where that is known, event mentions with their date."""
    names = {
        row["document_id"]: ids.document_id(row["text_sha256"]) if row.get("text_sha256") else row["document_id"]
        for row in tables.get("documents", ())
    }
    named = {
        table: [
            {**row, "document_id": names.get(row["document_id"], row["document_id"])} for row in tables.get(table, ())
        ]
        for table in READ
        if table != "events"
    }
    of_event = {row["event_id"]: row.get("date") for row in tables.get("events", ())}
    of_time = {row["time_id"]: row.get("value") for row in tables.get("times", ()) if row.get("time_id")}
    for row in named["event_mentions"]:
        row["date"] = of_event.get(row.get("event_id")) or of_time.get(row.get("time_id"))
    return named


def compare(gold: Tables, predicted: Tables) -> list[Row]:
    """The figures of `predicted` against `gold` as rows of the table `quality`, in the order of the tables.

    Both are tables of rows in the columns of their schemas; a table that is missing has no rows. Where gold says which
    documents it has, rows of other documents are left out: nobody has said what is right in them.
    """
    ours, theirs = _named_by_text(gold), _named_by_text(predicted)
    known = {row["document_id"] for row in ours["documents"]}
    figures: list[Row] = []
    for table in READ:
        if table == "events":  # seen through its mentions
            continue
        a, b = ours[table], [row for row in theirs[table] if not known or row["document_id"] in known]
        pairs: dict[str, list[Pair]]
        if table == "documents":
            places = {row["document_id"]: n for n, row in enumerate(a)}
            same = [(places[row["document_id"]], n) for n, row in enumerate(b) if row["document_id"] in places]
            pairs = {"same_text": same}
        else:
            used = (
                ("exact", "jaccard_0.8", "overlap")
                if table in ("mentions", "event_mentions")
                else ("exact", "jaccard_0.8")
            )
            met = list(_meetings(a, b))
            pairs = {name: [pair for pair, *sizes in met if CRITERIA[name](*sizes)] for name in used}
        figures += _ask(table, _questions(table, [*a, *b]), a, b, pairs)
    return figures


# --- two packages on disk -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Evaluation:
    """What the comparison of two packages gave: `figures` in the columns of `COLUMNS`, and how far the texts agree."""

    documents: int  # of gold
    missing: tuple[str, ...]  # documents of gold that predicted has not; their rows count as not found
    left_out: int  # documents of predicted that gold has not; their rows do not count
    figures: tuple[Row, ...]

    def as_json(self) -> dict[str, Any]:
        """The whole as plain data."""
        return {
            "documents": self.documents,
            "missing": list(self.missing),
            "left_out": self.left_out,
            "figures": [dict(row) for row in self.figures],
        }

    def as_text(self) -> str:
        """One line for each figure, its criterion in it; before them how far the texts agree."""
        lines = [f"{self.documents} documents in gold, {len(self.missing)} of them not in predicted"]
        lines += [f"  missing: {name}" for name in self.missing]
        if self.left_out:
            lines.append(f"{self.left_out} documents of predicted are not in gold and were left out")
        shown = [
            [f"{cell:.4f}" if isinstance(cell, float) else str(cell) for cell in row.values()] for row in self.figures
        ]
        widths = [max(map(len, column)) for column in zip(COLUMNS, *shown, strict=True)]
        for cells in [list(COLUMNS), *shown]:
            words = [cell.ljust(width) for cell, width in zip(cells[:3], widths[:3], strict=True)]
            numbers = [cell.rjust(width) for cell, width in zip(cells[3:], widths[3:], strict=True)]
            lines.append("  ".join([*words, *numbers]))
        return "\n".join(lines)


def _files(path: Path) -> dict[str, Path]:
    """The file of each table that a package has."""
    root = path.parent if path.name == DESCRIPTOR else path
    if not root.is_dir():
        raise UsageError(f"{path}: no such folder; give the folder of a package, or one with its CSV files.")
    if (root / DESCRIPTOR).is_file():
        try:
            resources = json.loads((root / DESCRIPTOR).read_text(encoding="utf-8"))["resources"]
            named = {one["name"]: root / one["path"] for one in resources if one["name"] in READ}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CannotRun(f"{root / DESCRIPTOR}: cannot be read ({error}); pkg validate says more.") from error
        for file in named.values():
            if not file.resolve().is_relative_to(root.resolve()):
                raise CannotRun(f"{root / DESCRIPTOR}: {file} lies outside the package.")
        return named
    folder = root / "data" if (root / "data").is_dir() else root
    return {table: folder / f"{table}.csv" for table in READ if (folder / f"{table}.csv").is_file()}


def _read(path: Path) -> dict[str, list[Row]]:
    """The tables of a package that are compared, cells as values of their fields; columns we do not know are left."""
    files = _files(path)
    if not files:
        raise UsageError(f"{path}: none of the tables {', '.join(READ)} is here.")
    tables: dict[str, list[Row]] = {}
    for table, file in files.items():
        schema = house_schemas()[table]
        needed = {"events": ["event_id"], "documents": ["document_id"]}.get(table, ["document_id", "start", "end"])
        tables[table] = []
        for raw in read_csv_rows(file):
            row: Row = {}
            for name, text in raw.items():
                if name not in schema.names:
                    continue
                try:
                    row[name] = parse(schema.field(name), text or "")
                except ValueError as error:
                    raise CannotRun(f"{file}, line {raw['_line']}: {error}.") from error
            lacking = [name for name in needed if row.get(name) is None]
            if lacking:
                raise CannotRun(f"{file}, line {raw['_line']}: no {' and no '.join(lacking)}; no row counts without.")
            tables[table].append(row)
    return tables


def evaluate(gold: Path, predicted: Path) -> Evaluation:
    """Compares two packages: folders with a datapackage.json (or that file), or with the CSV files alone.

    Documents are the same where the hash of their text is, or, where a package does not say it, their id. Raises
    UsageError where there is no package, CannotRun for a file that cannot be read, naming file and line.
    """
    ours, theirs = _read(gold), _read(predicted)
    known = {row["document_id"] for row in _named_by_text(ours)["documents"]}
    met = {row["document_id"] for row in _named_by_text(theirs)["documents"]}
    return Evaluation(
        documents=len(known),
        missing=tuple(sorted(known - met)),
        left_out=len(met - known) if known else 0,
        figures=tuple(compare(ours, theirs)),
    )
