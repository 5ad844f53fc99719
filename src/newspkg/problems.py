"""What can be wrong, in one place: the catalogue, the `Problem` record and the exceptions.

    PkgError                 base of everything this toolkit raises on purpose
    ├── UsageError           the call is wrong: an option, a path that is no package       (exit 2)
    ├── CannotRun            the work could not be done: unreadable, no space, no rights   (exit 3)
    └── SchemaError          a schema of the house is wrong; carries its problems          (exit 3)

A failing check never raises: it yields `Problem`s. Exceptions are for work that cannot be done at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = [
    "CATALOGUE",
    "CannotRun",
    "Entry",
    "PkgError",
    "Problem",
    "SchemaError",
    "Severity",
    "UsageError",
    "problem",
]

Severity = Literal["error", "warning"]


class PkgError(Exception):
    """Base of all exceptions of the toolkit. The message is a sentence, a place and what to do."""


class UsageError(PkgError):
    """The call itself is wrong."""


class CannotRun(PkgError):
    """The work could not be done for a reason outside the data."""


class SchemaError(PkgError):
    """A schema cannot be used. `problems` says where and why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(p.message for p in self.problems))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    `row` is the record number as frictionless counts it (the header is row 1), `line` the 1-based physical line of
    the file, `path` the file; each is None where it does not apply.
    """

    code: str
    message: str
    severity: Severity = "error"
    resource: str | None = None
    field: str | None = None
    row: int | None = None
    line: int | None = None
    value: str | None = None
    path: str | None = None

    def as_dict(self) -> dict[str, object]:
        """The record as plain data, keys in the order of the fields."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the catalogue: what a code means and what to do about it."""

    title: str
    description: str
    hint: str
    severity: Severity = "error"


def problem(code: str, message: str, **place: object) -> Problem:
    """A `Problem` of a catalogued code, with the catalogue's severity unless one is given.

    Raises KeyError for a code that is not in the catalogue: a check may not invent one.
    """
    entry = CATALOGUE[code]
    place.setdefault("severity", entry.severity)
    return Problem(code=code, message=message, **place)  # type: ignore[arg-type]


# Codes are kebab-case. Where frictionless has a name for the same thing, it is used (type-error, primary-key ...).
CATALOGUE: dict[str, Entry] = {
    # --- sources: reading articles ---------------------------------------------------------------------------
    "source-not-found": Entry(
        "Nothing of that name",
        "A path given as a source names no file or folder, a link points at nothing, or a pattern matches no readable file.",
        "Check the spelling and the folder you are in; put a pattern in quotation marks.",
    ),
    "source-unreadable": Entry(
        "A file that the machine will not hand over",
        "The file is there but may not be read, has gone since the run began, is no ordinary file, or the disk fails.",
        "Change its permissions, put it back, or leave it out.",
    ),
    "source-unknown-format": Entry(
        "A kind of file that no reader knows",
        "A file that was named, or files in a folder, have an ending for which no reader is registered. They are left out.",
        "Convert them to plain text, html, jsonl or parquet.",
    ),
    "source-twice": Entry(
        "The same file or folder given twice",
        "A file or folder can be reached under two of the given paths or links. It is read once.",
        "Give it once, or ignore this: nothing is lost or counted twice.",
        "warning",
    ),
    "source-loop": Entry(
        "A circle of folders",
        "A link in a folder leads back to a folder it lies in. It is not followed.",
        "Remove the link.",
        "warning",
    ),
    "source-empty": Entry(
        "A source without text",
        "A file or record is empty or has only white space.",
        "Fill it, or take it away.",
    ),
    "source-not-utf8": Entry(
        "Bytes that are no UTF-8",
        "Text is read as UTF-8 (as UTF-16 or UTF-32 after a byte order mark, html as it says itself). A byte does not fit, or "
        "a character is half of a surrogate pair. A guess could change what people are quoted with, so none is made.",
        "Save it as UTF-8. Western European texts are most often Windows-1252: iconv -f WINDOWS-1252 -t UTF-8.",
    ),
    "source-binary": Entry(
        "A file that is no text",
        "The file begins like a document, picture or archive, or holds NUL characters.",
        "Turn it into plain text or html first; leave out what is no article.",
    ),
    "source-too-long": Entry(
        "A single text beyond the limit",
        "One text has more than 50 million characters, or one html page more than 20 million bytes: hardly one article.",
        "Split it into its articles, one file or one line of jsonl each.",
    ),
    "source-bad-json": Entry(
        "A line that is no JSON object",
        "A line of a jsonl file cannot be read as one JSON object. The line is left out, the others are read.",
        "Mend the line; one article is one object on one line.",
    ),
    "source-no-text-column": Entry(
        "Records without a text",
        "A jsonl or parquet record has no text under any of the names text, body, content, article.",
        "Rename the field that holds the article to text.",
    ),
    "source-corrupt": Entry(
        "A damaged file",
        "A parquet file is damaged or is none, or an html page broke the extractor.",
        "Write the file again from its origin; save the article of a page as text.",
    ),
    "source-no-article": Entry(
        "A page without an article",
        "The html extractor found nothing in the page that looks like an article.",
        "Save the article itself, as html or as text.",
    ),
    "source-bad-date": Entry(
        "A stated day of publication that is no date",
        "The day of publication given beside a text, in its file or in sources.csv, can be read neither as EDTF nor as a printed date. "
        "It is left out; the day may still be found in the text.",
        "Write it as 2031-05-14, as 2031-05, or as an interval 2031-05-12/2031-05-14.",
        "warning",
    ),
    # --- build and curation ------------------------------------------------------------------------------------
    "source-failed": Entry(
        "A text on which the rules failed",
        "An article was read, but a rule broke down on its text. The article is left out; the rest is built.",
        "Report the fault with the message; nothing in the article is wrong.",
    ),
    "source-duplicate-text": Entry(
        "The same text under two names",
        "Two sources hold the same text to the letter. A document is named by its text, so the second is left out.",
        "Remove one of the two files, or the second record.",
    ),
    "curation-unknown-id": Entry(
        "A curated row names an id that nobody has",
        "A row of actors.csv, actor_names.csv or actor_roles.csv refers to an actor that is neither curated nor known. "
        "The row is left out; the rest is built.",
        "Add the actor to curation/actors.csv, or correct the id.",
    ),
    "curation-unknown-source": Entry(
        "A curated source that was not read",
        "A row of sources.csv names a file that is not among the sources of this build.",
        "Give the file to the build, correct its name, or remove the row.",
        "warning",
    ),
    "hydrate-text-missing": Entry(
        "A document whose text is not at hand",
        "None of the texts given has the SHA-256 that the document's row states, so the words of its spans cannot be filled in.",
        "Give the file the package was built from, unchanged: one changed character makes another text.",
    ),
    # --- schemas -------------------------------------------------------------------------------------------------
    "schema-unknown-key": Entry(
        "A property that does not exist",
        "A schema of the house has a property that Table Schema does not know, so it would be ignored in silence.",
        "Correct the spelling; the message names the nearest property.",
    ),
    "schema-pattern": Entry(
        "A pattern that engines read differently",
        "A pattern uses syntax that Python, polars, R and XML Schema do not read alike, so that two validators would disagree.",
        "Use literals, classes in brackets, groups, alternation and counted repetition; patterns are anchored at both ends already.",
    ),
    "schema-constraint": Entry(
        "A constraint that does not fit its field",
        "A constraint is unknown, not allowed on the type of its field, or has a value that is no value of that type.",
        "See docs/tables.md for the types, or the standard for the constraints each type allows.",
    ),
    "schema-example": Entry(
        "An example that breaks its own field",
        "A field of the house has no example, or one that is no value of its type or breaks its constraints.",
        "Give an example that a cell could hold.",
    ),
    "schema-key": Entry(
        "A key that names no field",
        "A primary, unique or foreign key names a field that is not there, or a name stands twice.",
        "Name fields of the table, and as many on both sides of a foreign key.",
    ),
    "schema-error": Entry(
        "A schema that cannot be used",
        "The schema is no JSON object, or a property of it has the wrong type.",
        "The message names the place as a JSON pointer; correct it there.",
    ),
    "field-error": Entry(
        "A field that cannot be used",
        "A field of a schema has no name, an unknown type, or a property of the wrong type.",
        "The message names the place as a JSON pointer; correct it there.",
    ),
    # --- descriptor, files, cells, rows, keys --------------------------------------------------------------------
    # --- the rules of this profile --------------------------------------------------------------------------------
    "correction-stale": Entry(
        "A correction that no longer matches",
        "A row of corrections.csv names a row or a field that is not there, drops a row that is gone,"
        " or does not stand in the table it corrects.",
        "Look at the row it names; correct or remove the correction.",
    ),
}
