"""The order of the rooms, nothing else: from sources to a package, or to one JSON object per document."""

from __future__ import annotations

import copy
import difflib
import hashlib
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from newspkg import ids
from newspkg.body import Body, outline
from newspkg.engines import choose
from newspkg.evaluate import compare
from newspkg.find import find
from newspkg.find.registry import Registry
from newspkg.link.actors import link_mentions
from newspkg.link.events import link_event_mentions, merge_events
from newspkg.link.speakers import link_quotes
from newspkg.link.times import link_times
from newspkg.problems import CannotRun, Problem, UsageError, problem
from newspkg.schema import house_schemas
from newspkg.source import Article, Part, parts, read_part
from newspkg.tables import (
    ORDER,
    Row,
    Rows,
    apply_corrections,
    count_rows,
    document_row,
    drop_unfinished,
    mend_references,
    published_actors,
    read_csv_rows,
    to_frame,
    write_table,
)

__all__ = ["Built", "Curation", "build", "extract", "rules_version"]

# The modules beside find/ and link/ that decide what is found.
_TEXT_ROOMS = frozenset(f"{room}.py" for room in ("edtf", "dateline", "decode", "source", "sentences", "lines", "body"))

SOURCE_COLUMNS = (
    "file", "outlet", "url", "title", "authors", "published", "published_note", "language", "genre", "rights",
    "licence", "original_language", "origin", "note",
)  # fmt: skip
CURATED = ("sources", "actors", "actor_names", "actor_roles", "corrections")
FIRST = ("documents", "mentions", "times", "quotes", "event_mentions", "omissions")  # found in one document
SECOND = ("events", "event_participants", "event_links")  # made of the first over all documents


@dataclass
class Curation:
    """What people decide, as rows of text with their line numbers; a file that is not there is an empty one."""

    folder: Path | None
    sources: list[Row] = field(default_factory=list)
    actors: list[Row] = field(default_factory=list)
    actor_names: list[Row] = field(default_factory=list)
    actor_roles: list[Row] = field(default_factory=list)
    corrections: list[Row] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path | None) -> Curation:
        """Reads the five files. Raises CannotRun for one that cannot be read, naming file and line."""
        curation = cls(folder)
        if folder is None:
            return curation
        if not folder.is_dir():
            raise UsageError(
                f"{folder}: no such folder; --curation names a folder with sources.csv, actors.csv and so on."
            )
        schemas = house_schemas()
        for other in sorted(folder.glob("*.csv")):
            if other.stem not in CURATED:
                near = difflib.get_close_matches(other.stem, CURATED, 1)
                hint = (
                    f"did you mean {near[0]}.csv?" if near else f"known are {', '.join(f'{c}.csv' for c in CURATED)}."
                )
                raise CannotRun(f"{other}: no file of this name is read; {hint}")
        for name in CURATED:
            path = folder / f"{name}.csv"
            if path.exists():
                setattr(curation, name, read_csv_rows(path, schemas.get(name)))
        curation.check_sources(folder / "sources.csv")
        return curation

    def check_sources(self, path: Path) -> None:
        """Raises CannotRun for a row of sources.csv that would be lost: a misspelt column, no file, a file twice."""
        seen: dict[str, int] = {}
        for row in self.sources:
            for column in row:
                if column not in SOURCE_COLUMNS and column != "_line":
                    near = difflib.get_close_matches(column, SOURCE_COLUMNS, 1)
                    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(SOURCE_COLUMNS)}."
                    raise CannotRun(f"{path}, line 1: no such column: {column}; {hint}")
            if not row.get("file"):
                raise CannotRun(f"{path}, line {row['_line']}: file must not be empty.")
            if row["file"] in seen:
                raise CannotRun(
                    f"{path}, line {row['_line']}: {row['file']} stands in line {seen[row['file']]} already."
                )
            seen[row["file"]] = row["_line"]

    def known(self) -> dict[str, dict[str, str]]:
        """What is known of each source from outside its text, by the `file` column."""
        facts: dict[str, dict[str, str]] = {}
        for row in self.sources:
            given = {k: v for k, v in row.items() if v and not k.startswith("_") and k != "file"}
            facts[row["file"]] = given
        return facts


@dataclass
class Built:
    """What a build did. `changed` is False where the package on disk already said the same, byte for byte."""

    root: Path
    counts: dict[str, int]
    problems: list[Problem]
    changed: bool


@dataclass
class PartResult:
    """The rows of one part, document by document, and what went wrong in it."""

    documents: list[Rows]
    problems: list[Problem]


# --- one document ---------------------------------------------------------------------------------------------------


def _facts(body: Body) -> dict[str, Any]:
    given = body.article.metadata
    facts: dict[str, Any] = {k: given.get(k) for k in ("outlet", "url", "rights", "licence")}
    facts.update(title=body.title, authors=body.authors, language=body.language, genre=body.genre)
    return facts


def document_rows(article: Article, registry: Registry) -> Rows:
    """All rows that one article gives by itself, and under `actors` and `actor_names` the actors first seen in it."""
    body = outline(article)
    findings = find(body, registry)
    document = document_row(
        source_file=article.source_file,
        text=article.text,
        sha256=article.sha256,
        extractor=article.extractor,
        body_span=(body.start, body.end),
        published=body.published,
        published_span=body.published_span,
        facts=_facts(body),
    )
    times = link_times(body, findings.times)
    mentions, actors, names, open_mentions = link_mentions(body, findings.mentions, registry)
    quotes, open_quotes = link_quotes(body, findings.quotes, mentions, registry)
    event_mentions, open_events = link_event_mentions(body, findings.events, mentions, times, quotes, registry)
    left_out = [*findings.omissions, *open_mentions, *open_quotes, *open_events]
    omissions: dict[str, Row] = {}
    for seen in left_out:
        row_id = ids.span_id(document["document_id"], "omissions", seen.start, seen.end)
        if row_id in omissions:  # one span left out for two reasons is one row that says both
            row = omissions[row_id]
            if seen.reason not in row["reason"]:
                row["reason"] += f"; {seen.reason}"
            continue
        omissions[row_id] = {
            "omission_id": row_id,
            "document_id": document["document_id"],
            "start": seen.start,
            "end": seen.end,
            "kind": seen.kind,
            "reason": seen.reason,
            "method": "rule",
            "rule": seen.kind,
            "confidence": 1.0,
            "review": "unreviewed",
        }
    return {
        "documents": [document],
        "mentions": mentions,
        "times": times,
        "quotes": quotes,
        "event_mentions": event_mentions,
        "omissions": list(omissions.values()),
        "actors": actors,
        "actor_names": names,
    }


# --- one part, in a worker ------------------------------------------------------------------------------------------

_worker: dict[str, Any] = {}  # what `_set_up` leaves for `_work`; one registry a process, as it takes long to make


def _set_up(actors: list[Row], names: list[Row], roles: list[Row], known: Mapping[str, dict[str, str]]) -> None:
    _worker["registry"] = Registry.load(actors, names, roles)
    _worker["known"] = known


def _work(part: Part) -> PartResult:
    documents: list[Rows] = []
    problems: list[Problem] = []
    for item in read_part(part, _worker["known"]):
        rows, found = _rows_of(item, _worker["registry"])
        problems += found
        documents += [rows] if rows else []
    return PartResult(documents, problems)


def _rows_of(item: Article | Problem, registry: Registry) -> tuple[Rows | None, list[Problem]]:
    """The rows of an article, and what is to be said of it. One poisoned article costs itself."""
    if isinstance(item, Problem):
        return None, [item]
    try:
        rows = document_rows(item, registry)
    except Exception as error:  # noqa: BLE001 - whatever a rule breaks down on, it is reported with its reason
        message = (
            f"{item.source_file}: the rules failed on this text ({type(error).__name__}: {error}); "
            "it is left out. Please report it."
        )
        return None, [problem("source-failed", message, path=item.source_file)]
    return rows, _foreign(rows["documents"][0])


def _foreign(document: Row) -> list[Problem]:
    """A warning for a text in a language that the rules do not know."""
    language = document["language"]
    if language is None or language.split("-")[0] == "en":
        return []
    name = document["source_file"]
    message = (
        f"{name}: the language is {language!r}; the rules are made for English, so little will be found in it. "
        "The document is kept; translate it, or leave it out."
    )
    return [problem("source-language", message, path=name, value=language)]


# --- all of them ----------------------------------------------------------------------------------------------------


def _clean(rows: Iterable[Row]) -> list[Row]:
    return [{k: v for k, v in row.items() if not k.startswith("_")} for row in rows]


def _check_curation(curation: Curation, registry: Registry, seen: set[str]) -> list[Problem]:
    """Curated rows that name an actor nobody knows, or a source that was not read."""
    problems = []
    columns = (
        ("actors", "part_of"),
        ("actor_names", "actor_id"),
        ("actor_roles", "actor_id"),
        ("actor_roles", "organisation_id"),
    )
    for table, column in columns:
        unknown: dict[str, list[int]] = defaultdict(list)
        for row in getattr(curation, table):
            if row.get(column) and row[column] not in registry.actors:
                unknown[row[column]].append(row["_line"])
        for actor_id, lines in unknown.items():
            where = f"{curation.folder}/{table}.csv, line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
            message = (
                f"{where}: {column} is {actor_id!r}, which no actor has. "
                "Add the actor to actors.csv or correct the id; until then it is left out."
            )
            problems.append(
                problem("curation-unknown-id", message, resource=table, field=column, line=lines[0], value=actor_id)
            )
    for row in curation.sources:
        if row["file"] not in seen:
            where = f"{curation.folder}/sources.csv, line {row['_line']}"
            message = f"{where}: no source was read under the name {row['file']!r}."
            problems.append(
                problem(
                    "curation-unknown-source",
                    message,
                    resource="sources",
                    field="file",
                    line=row["_line"],
                    value=row["file"],
                )
            )
    return problems


def _date_added(rows: Rows) -> None:
    """Gives event mentions that a person added, or dated anew, the date of the expression they point at."""
    times = {row["time_id"]: row for row in rows["times"]}
    for row in rows["event_mentions"]:
        if row["review"] == "corrected" and row["time_id"] in times:
            time = times[row["time_id"]]
            row["_time"] = (time["value"], time["earliest"], time["latest"], time["precision"])


def _gather(
    results: Iterable[PartResult], total: int, progress: Callable[[int, int, int], None]
) -> tuple[Rows, list[Problem]]:
    """The rows of all parts; a text met a second time is left out and named."""
    rows: Rows = {table: [] for table in (*FIRST, "actors", "actor_names")}
    problems: list[Problem] = []
    first_seen: dict[str, str] = {}
    for done, result in enumerate(results, 1):
        problems += result.problems
        for document_rows_ in result.documents:
            document = document_rows_["documents"][0]
            other = first_seen.setdefault(document["document_id"], document["source_file"])
            if other != document["source_file"]:
                message = (
                    f"{document['source_file']}: the same text as {other}, to the letter; it is left out. "
                    "Remove one of the two."
                )
                problems.append(problem("source-duplicate-text", message, path=document["source_file"]))
                continue
            for table, some in document_rows_.items():
                rows[table] += some
        progress(done, total, len(first_seen))
    return rows, problems


def _all_actors(registry: Registry, rows: Rows) -> tuple[dict[str, Row], list[Row]]:
    """Every known actor and name: the registry's, then those that the texts brought, the first text first."""
    actors: dict[str, Row] = dict(registry.actors)
    for row in sorted(rows.pop("actors"), key=lambda r: r["actor_id"]):
        actors.setdefault(row["actor_id"], row)
    names = {(n["actor_id"], n["name"], n["kind"]): n for n in reversed([*registry.names, *rows.pop("actor_names")])}
    return actors, list(names.values())


def _quality(rows: Rows, bare: Rows, shown: Mapping[str, str]) -> list[Row]:
    """The rows of the rules alone, before any correction, judged by those that people have gone over.

    A document counts where people have gone over all its rows, of every table; without one there is nothing to say.
    """
    read = {d["document_id"] for d in rows["documents"]}
    for table in FIRST[1:]:
        read -= {row["document_id"] for row in rows[table] if row["review"] == "unreviewed"}
    if not read:
        return []
    documents = {d["document_id"]: d for d in bare["documents"]}
    bare["events"], *_ = merge_events(bare["event_mentions"], documents, names=shown)

    def of_read(some: Rows) -> Rows:
        mine = {table: [row for row in some[table] if row["document_id"] in read] for table in FIRST}
        return {**some, **mine}

    return compare(of_read(rows), of_read(bare))


def _refuse_other_documents(root: Path, found: set[str]) -> None:
    """Raises UsageError where `root` holds a package of altogether other documents."""
    path = root / "data" / "documents.csv"
    there = {row["document_id"] for row in read_csv_rows(path)} if path.is_file() else set()
    if there and not there & found:
        raise UsageError(
            f"{root.resolve()}: holds a package of {len(there)} other documents, which this build would replace. "
            "Name a folder for the new one with --out, or say --out . to replace the old one."
        )


def build(
    sources: Sequence[Path],
    root: Path,
    *,
    curation: Path | None = None,
    jobs: int = 0,
    replace: bool = True,
    progress: Callable[[int, int, int], None] = lambda _done, _total, _documents: None,
) -> Built:
    """Reads the sources and writes the package in `root`; the old package stays as it is until the new one is whole.

    Without `replace`, a package with documents of which none is among the sources is not replaced.
    `progress` is called after each part with parts done, parts in all, documents so far. A source that cannot be read
    is a problem of the result. Raises UsageError where there is nothing to read, CannotRun where `root` or the
    curation cannot be used.
    """
    from newspkg.package import describe, read_template, swap_in, workspace, write_descriptor

    decided = Curation.read(curation)
    template = read_template(curation / "package.json" if curation else None, root.resolve().name)
    work, problems = [], []
    for item in parts(sources):
        if isinstance(item, Problem):
            problems.append(item)
        else:
            work.append(item)
    with workspace(root, ORDER) as new:
        n_bytes = sum(part.size for part in work)
        engine = choose(jobs or os.cpu_count() or 1, len(work), n_bytes)
        setup_args = (_clean(decided.actors), _clean(decided.actor_names), _clean(decided.actor_roles), decided.known())
        rows, found = _gather(engine.map(_work, work, setup=_set_up, setup_args=setup_args), len(work), progress)
        problems += found
        if not rows["documents"]:
            reasons = "\n".join(f"  {one.message}" for one in problems[:5])
            given = ", ".join(map(str, sources))
            raise UsageError(f"{given}: no article could be read, and no package was written.\n{reasons}".rstrip())
        if not replace:
            _refuse_other_documents(root, {d["document_id"] for d in rows["documents"]})
        registry = Registry.load(*setup_args[:3])
        names = [*(part.name for part in work), *(d["source_file"] for d in rows["documents"])]
        seen = {name for given in names for name in (given, Path(given).name)}
        problems += _check_curation(decided, registry, seen)

        actors, names = _all_actors(registry, rows)
        bare = copy.deepcopy({table: rows[table] for table in FIRST}) if decided.corrections else None
        problems += apply_corrections(rows, decided.corrections, FIRST)
        problems += drop_unfinished(rows, FIRST)
        mend_references(rows, FIRST)
        _date_added(rows)
        documents = {d["document_id"]: d for d in rows["documents"]}
        shown = {actor_id: actor["name"] for actor_id, actor in actors.items()}
        events = merge_events(rows["event_mentions"], documents, names=shown)
        rows.update(zip(SECOND, events, strict=True))
        problems += apply_corrections(rows, decided.corrections, SECOND)
        problems += drop_unfinished(rows, SECOND)
        published_actors(rows, actors, [n for n in names if n["actor_id"] in actors], registry.roles)
        count_rows(rows)
        rows["quality"] = _quality(rows, bare, shown) if bare else []
        rows["corrections"] = decided.corrections

        schemas = house_schemas()
        frames = {table: to_frame(schemas[table], _clean(rows[table])) for table in ORDER}
        (new / "data").mkdir()
        (new / "schemas").mkdir()
        for table, frame in frames.items():
            write_table(frame, new / "data" / f"{table}.csv")
            shutil.copyfile(schemas[table].path, new / "schemas" / f"{table}.json")
        descriptor = describe(template, new, [schemas[t] for t in ORDER], frames, rules_version())
        write_descriptor(descriptor, new, root / "datapackage.json")
        changed = swap_in(new, root)
    return Built(root, {table: frame.height for table, frame in frames.items()}, problems, changed)


@cache
def rules_version() -> str:
    """Twelve hexadecimal digits of a SHA-256 over the code and the knowledge that decide what is found."""
    digest = hashlib.sha256()
    package = resources.files("newspkg")
    for folder in ("knowledge", "find", "link", ""):
        names = sorted(p.name for p in package.joinpath(folder).iterdir() if p.is_file())
        for name in names:
            if folder or name in _TEXT_ROOMS:
                digest.update(name.encode())
                digest.update(package.joinpath(folder, name).read_bytes())
    return digest.hexdigest()[:12]


# --- pkg extract ----------------------------------------------------------------------------------------------------


def extract(sources: Sequence[Path], *, curation: Path | None = None) -> Iterable[dict[str, Any] | Problem]:
    """One plain object per document, as `pkg extract` prints it: what the rules find, before any correction.

    A `Problem` stands for what could not be read, or is to be said of a document.
    """
    decided = Curation.read(curation)
    registry = Registry.load(_clean(decided.actors), _clean(decided.actor_names), _clean(decided.actor_roles))
    known = decided.known()
    for part in parts(sources):
        if isinstance(part, Problem):
            yield part
            continue
        for item in read_part(part, known):
            rows, found = _rows_of(item, registry)
            yield from found
            if rows and isinstance(item, Article):
                yield _as_object(item, rows)


def _as_object(article: Article, rows: Rows) -> dict[str, Any]:
    text = article.text
    document = rows["documents"][0]
    events = {row["event_mention_id"]: row for row in rows["event_mentions"]}
    documents = {document["document_id"]: document}
    merged, _, _ = merge_events(rows["event_mentions"], documents)
    dates = {event["event_id"]: event["date"] for event in merged}

    def span(start: int | None, end: int | None, **more: Any) -> dict[str, Any] | None:
        return None if start is None or end is None else {"start": start, "end": end, "text": text[start:end], **more}

    described = {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in document.items() if k != "source_file"}
    return {
        "document": {"document_id": document["document_id"], "path": article.source_file, **described},
        "quotes": [
            {
                "quote_id": q["quote_id"],
                "kind": q["kind"],
                "group": q["quote_group"],
                "start": q["start"],
                "end": q["end"],
                "text": text[q["start"] : q["end"]],
                "speaker": span(q["speaker_start"], q["speaker_end"], actor_id=q["speaker_id"]),
                "cue": span(q["cue_start"], q["cue_end"]),
            }
            for q in rows["quotes"]
        ],
        "mentions": [
            {**(span(m["start"], m["end"]) or {}), "actor_id": m["actor_id"], "form": m["form"]}
            for m in rows["mentions"]
        ],
        "events": [
            {
                "start": e["start"],
                "end": e["end"],
                "type": e["type"],
                "status": e["status"],
                "date": (e.get("_time") or (None,))[0] or dates.get(e["event_id"]),
            }
            for e in events.values()
        ],
        "times": [{"start": t["start"], "end": t["end"], "value": t["value"]} for t in rows["times"]],
    }
