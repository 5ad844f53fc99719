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

    `row` is the record number as frictionless counts it (the header is row 1), `path` the file, `line` and `column`
    the 1-based physical line of it and the character in that line where the cell begins (where the record begins, if
    the problem is of the record). `rule` is which constraint, rule or check it is where the code alone does not say,
    `position` the number of the cell in its record, from 1, `row_group` where a row of Parquet is, from 0. `other_row` is
    the record number of another record that the message speaks of. Each is None where it does not apply.
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
    column: int | None = None
    rule: str | None = None
    position: int | None = None
    row_group: int | None = None
    other_row: int | None = None

    def at(self, line: int | None, column: int | None, row_group: int | None = None) -> Problem:
        """The same problem, at a line and a column, or in a row group."""
        # Written out, since `dataclasses.replace` takes ten times as long and there may be thousands.
        return Problem(
            self.code, self.message, self.severity, self.resource, self.field, self.row, line, self.value, self.path,
            column, self.rule, self.position, row_group, self.other_row,
        )  # fmt: skip

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
        "A path given as a source names no file or folder, a folder holds no article, a link points at nothing, or nothing "
        "matches a pattern.",
        "Check the spelling and the folder you are in; put a pattern in quotation marks.",
    ),
    "source-unreadable": Entry(
        "A file that the machine will not hand over",
        "The file is there but may not be read, has gone since the run began, is a device, a pipe or a socket, or the disk "
        "fails.",
        "Change its permissions, put it back, or leave it out.",
    ),
    "source-unknown-format": Entry(
        "A kind of file that no reader knows",
        "A file that was named, or files in a folder, have an ending for which no reader is registered. They are left out; "
        "in a folder with articles that is a warning.",
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
    "source-language": Entry(
        "A text in another language",
        "The text is not in English, for which the rules are made. The document is kept; hardly any rows will come of it.",
        "Translate it, or leave it out; where the language was told wrongly, state it in sources.csv.",
        "warning",
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
        "A pattern that is none, or that engines read differently",
        "A pattern is none of XML Schema, which the standard asks for: it has a look-around, a lazy quantifier, \\b or a class "
        "without an end. In a schema of the house it may use only what Python, polars, R and XML Schema read alike.",
        "Use literals, classes in brackets, groups, alternation and counted repetition; patterns are anchored at both ends already.",
    ),
    "schema-constraint": Entry(
        "A constraint that does not fit its field",
        "A constraint is unknown, not allowed on the type of its field, or has a value that is no value of that type.",
        "The standard says which constraints each type allows: datapackage.org, Table Schema.",
    ),
    "schema-example": Entry(
        "An example that breaks its own field",
        "A field of the house has no example, or one that is no value of its type or breaks its constraints.",
        "Give an example that a cell could hold.",
    ),
    "schema-key": Entry(
        "A key that names no field",
        "A primary, unique or foreign key names a field that is not there, a name stands twice, a table of the house has "
        "no key, or a foreign key leads to fields that are no key of their table.",
        "Name fields of the table, and as many on both sides of a foreign key.",
    ),
    "schema-error": Entry(
        "A schema that cannot be used",
        "The schema is no JSON object, or a property of it has the wrong type.",
        "Correct the file at the line, or the property at the place, that the message names; /fields/0/name is the name of the first field.",
    ),
    "field-error": Entry(
        "A field that cannot be used",
        "A field of a schema has no name, an unknown type, or a property of the wrong type.",
        "Correct the property at the place that the message names; /fields/0/type is the type of the first field.",
    ),
    # --- descriptor, files, cells, rows, keys --------------------------------------------------------------------
    "package-error": Entry(
        "A descriptor that cannot be used as it is",
        "datapackage.json is no JSON object, has no resources, gives two of them one name, or has a property of the wrong kind.",
        "Correct the file at the line, or the property at the place, that the message names; /resources/0 is the first resource.",
    ),
    "resource-error": Entry(
        "A resource that cannot be used as it is",
        "A resource has no name, neither path nor data, a path that leads out of the package or to a hidden file, or a "
        "property of the wrong kind.",
        "Correct the property at the place that the message names; /resources/0/path is the path of the first resource.",
    ),
    "dialect-error": Entry(
        "A dialect that cannot be used",
        "A property of a table's dialect has the wrong kind, or two of them exclude each other. The table is not read.",
        "Correct it, or leave the dialect out where the file is plain CSV.",
    ),
    "file-missing": Entry(
        "A file that is not there",
        "A resource names a file that is not there or may not be read.",
        "Put the file where the descriptor says, or correct the path.",
    ),
    "compression-error": Entry(
        "A compressed file that cannot be unpacked",
        "A file is none of its compression, is damaged or cut off, is an archive in which it is not clear which file is meant, "
        "or unpacks to more than any table needs.",
        "Compress the file anew, as gz, bz2 or xz; a zip has one file in it, or innerpath names the one that is meant.",
    ),
    "byte-count": Entry(
        "Another number of bytes than stated",
        "A file is longer or shorter than the descriptor says: it was changed, or cut off on its way.",
        "Fetch the file again; where the change is meant, write the descriptor anew.",
    ),
    "hash-count": Entry(
        "Another hash than stated",
        "The hash of a file is not the one in the descriptor: it was changed, or damaged on its way.",
        "Fetch the file again; where the change is meant, write the descriptor anew.",
    ),
    "row-count": Entry(
        "Another number of rows than stated",
        "A table has more or fewer records than the descriptor says.",
        "Where the change is meant, write the descriptor anew.",
    ),
    "encoding-error": Entry(
        "Bytes that do not fit the encoding",
        "The encoding is not known, or bytes of a cell are none of it; each stands as U+FFFD. Or a cell has a NUL character, "
        "which no text has: most often the file is UTF-16, or damaged.",
        "Save the file as UTF-8 without NUL characters, or state its encoding in the descriptor.",
    ),
    "stray-quote": Entry(
        "A quotation mark in the middle of a cell",
        "A cell has a quotation mark that neither begins nor ends it, or text behind the one that ends it. Programs read such "
        "a cell in different ways.",
        "Put the whole cell in quotation marks and write each mark inside it twice.",
        "warning",
    ),
    "unclosed-quote": Entry(
        "A quotation mark that is never closed",
        "A cell begins with a quotation mark, and no other one ends it: the rest of the file, line ends and all, stands in that cell.",
        "Close the cell at the place that the message names, or write the mark twice inside quotation marks.",
    ),
    "byte-order-mark": Entry(
        "A byte order mark before the header",
        "The file begins with the bytes EF BB BF. They are no part of the first label here, but other programs take them for one.",
        "Save the file as UTF-8 without a byte order mark.",
        "warning",
    ),
    "source-error": Entry(
        "A table that cannot be read",
        "A file is empty, damaged or none of its format, has no sheet or property of the name that the dialect gives, or holds "
        "a record of another kind than the others. Or inline data has no shape of a table. What can be read is judged.",
        "Look at the file at the place that the message names; a table has at least a header.",
    ),
    "blank-header": Entry(
        "A header without labels",
        "The first record of the table is blank. Columns are told by their position.",
        "Write the names of the fields into the first line, or say header: false in the dialect.",
    ),
    "blank-label": Entry(
        "A column without a label",
        "A cell of the header is empty.",
        "Write the name of the field there.",
    ),
    "duplicate-label": Entry(
        "Two columns with one label",
        "A label stands twice in the header, so a name would mean two columns.",
        "Rename one of them, in the file and in the schema.",
    ),
    "missing-label": Entry(
        "A field without a column",
        "A field of the schema has no column in the file. What depends on it is not checked.",
        "Add the column, take the field out of the schema, or choose another fieldsMatch.",
    ),
    "extra-label": Entry(
        "A column without a field",
        "A column of the file is no field of the schema. It is not checked.",
        "Add the field to the schema, remove the column, or choose another fieldsMatch.",
    ),
    "incorrect-label": Entry(
        "Another label than the schema has",
        "A column has another label than the field in its place.",
        "Correct the label or the order; or say fieldsMatch: equal, where the order does not matter.",
    ),
    "blank-row": Entry(
        "A blank record",
        "A record has no cell that says anything.",
        "Remove the line.",
    ),
    "missing-cell": Entry(
        "A record with too few cells",
        "A record ends before its last column.",
        "Add the cells; an empty one still needs its delimiter.",
    ),
    "extra-cell": Entry(
        "A record with too many cells",
        "A record has more cells than the header. Most often a cell has a delimiter in it and no quotation marks.",
        "Put the cell into quotation marks.",
    ),
    "type-error": Entry(
        "A cell that is no value of its type",
        "The text of a cell cannot be read as the type and format that the schema gives its field.",
        "Correct the cell, or the type and format of its field.",
    ),
    "constraint-error": Entry(
        "A cell that breaks a constraint",
        "A value is missing where one is required, too long or short, out of bounds, not of the pattern or not in the "
        "vocabulary of its field.",
        "Correct the cell, or the constraint if it is too narrow.",
    ),
    "primary-key": Entry(
        "A primary key that is empty or taken",
        "A record has no value in a field of the primary key, or the same key as an earlier one.",
        "Give each record a key of its own; remove a record that stands twice.",
    ),
    "unique-error": Entry(
        "A value that stands twice",
        "A field whose values are to be unique has one that stands in an earlier record. Empty cells do not count.",
        "Correct one of the two.",
    ),
    "unique-key": Entry(
        "A combination that stands twice",
        "The fields of a unique key have, together, the values of an earlier record. Records with an empty one do not count.",
        "Correct one of the two records.",
    ),
    "foreign-key": Entry(
        "A reference to a record that is not there",
        "The value of a foreign key is no value of the fields it refers to. As in SQL, a key with an empty part refers to nothing.",
        "Add the record, or correct the reference; mind case and spaces.",
    ),
    # --- lint: what other programs stumble over in a valid package ------------------------------------------------
    "lint-file": Entry(
        "A table that not every program can open",
        "A table is not in a .csv or .csv.gz file: R's readers give no rows, or nonsense, for Parquet, JSON lines and tab-"
        "separated text. A table in another format is well where the package has the same table as CSV.",
        "Write the table as CSV; put Parquet beside it as a resource of its own.",
        "warning",
    ),
    "lint-encoding": Entry(
        "A file that is not in UTF-8",
        "The encoding is stated, but readers differ in whether they look at it.",
        "Save the file as UTF-8.",
        "warning",
    ),
    "lint-dialect": Entry(
        "A CSV dialect that not every program follows",
        "The dialect has another delimiter, quotation mark or header than plain CSV, or comments, or a text for no value.",
        "Write plain CSV: commas, double quotation marks, one header row, nothing else; then the dialect can go.",
        "warning",
    ),
    "lint-line-end": Entry(
        "Lines that do not end with LF",
        "A file has CR LF or CR at the end of its first record. Its hash then depends on the system it was checked out on.",
        "Write LF; with git, say `*.csv -text` in .gitattributes.",
        "warning",
    ),
    "lint-column-order": Entry(
        "Columns that are not those of the schema, in its order",
        "The schema's fieldsMatch allows another order, or other columns. R's readers take columns by position and never "
        "look at their names, so values would stand under the wrong ones.",
        "Write all columns, in the order of the schema.",
        "warning",
    ),
    "lint-profile": Entry(
        "A resource that R takes for no table",
        "Readers of version 1 of the standard, such as R's, know a table by profile: tabular-data-resource; those of "
        "version 2 by type: table, and that version by the resource's $schema.",
        "State all three, as the message has them.",
        "warning",
    ),
    "lint-untyped": Entry(
        "A field without a type",
        "Where no type is stated, each program guesses one, from other rows than the next program does.",
        "State a type; string, if it is text.",
        "warning",
    ),
    "lint-type": Entry(
        "A type that programs read differently",
        "A field's type is none of string, integer, number, boolean, date, datetime, time and array. The others become "
        "dates, text or an error, depending on the reader.",
        "Use one of those; the message says which fits.",
        "warning",
    ),
    "lint-number": Entry(
        "Numbers that are not plain",
        "A field has a decimalChar, a groupChar or bareNumber: false. R's readers know one decimal mark for a whole table, "
        "and may read another number than is meant, without a word.",
        "Write numbers with a point and nothing else; state the unit in the description.",
        "warning",
    ),
    "lint-big-integer": Entry(
        "A whole number that is not read exactly",
        "A whole number is beyond 2^53. R, JavaScript and spreadsheets hold numbers as doubles and round it without a word.",
        "Use string where it is an id or a code.",
        "warning",
    ),
    "lint-boolean": Entry(
        "A truth value that is neither true nor false",
        "R's readers leave trueValues and falseValues out, so other words become empty cells; polars reads true and false "
        "alone.",
        "Write true and false, in lower case.",
        "warning",
    ),
    "lint-date": Entry(
        "A date or time in a format of its own",
        "A field has a format for its dates or times. Most programs read those of ISO 8601 alone.",
        "Write 2031-03-11, 2031-03-11T06:30:00Z and 06:30:00, without a format.",
        "warning",
    ),
    "lint-time-zone": Entry(
        "A moment that is not in UTC",
        "A cell with a date and time does not end in Z. Without a zone some readers take it for UTC, some for the time of "
        "the place they run in; with an offset some leave it out.",
        "Write moments in UTC, ending in Z.",
        "warning",
    ),
    "lint-vocabulary": Entry(
        "A closed vocabulary that not every program sees",
        "A field has categories without an enum, which alone makes a factor in R, or an enum of what is no text, of which "
        "R makes words.",
        "Make the field a string with both: enum for the values, categories for their labels.",
        "warning",
    ),
    "lint-missing": Entry(
        "Missing values that not every program sees",
        "A field has missingValues of its own, which R's readers leave out, or those of the table have labels, at which they "
        "stop, or do not have the empty cell among them.",
        "State them once for the table, as texts, the empty one first; an empty cell alone is best.",
        "warning",
    ),
    # --- checks of the package's own -----------------------------------------------------------------------------
    "check-error": Entry(
        "A row that breaks a check of the package's own",
        "A row, a group of rows or a table as a whole is not as a check in the descriptor, or a function that it names, asks for.",
        "Correct the row; or the check, which stands under newspkg:checks in datapackage.json (see docs/checks.md).",
    ),
    "check-invalid": Entry(
        "A check that cannot be used",
        "A check in the descriptor has a property of the wrong kind, names a resource, field or function that is not there, or "
        "has an expression that is none or does not fit its fields; or its function failed. The check was not run to its end.",
        "Correct the check at the place that the message names; docs/checks.md shows one of each kind.",
    ),
    "severity-invalid": Entry(
        "A severity that cannot be used",
        "An entry of newspkg:severity names a code, resource or field that is not there, says something twice, or has "
        "another value than error, warning or ignore. The entry is passed over.",
        "Correct the entry at the place that the message names; docs/validating.md shows how they are written.",
    ),
    # --- the rules of this profile --------------------------------------------------------------------------------
    "span-outside-text": Entry(
        "A span that is no stretch of its text",
        "A span ends beyond its text, ends before it begins, or states one of its ends only.",
        "Offsets are 0-based, end-exclusive and count code points of the text as decoded.",
    ),
    "span-outside-body": Entry(
        "A span outside the article's own prose",
        "Something was found in what surrounds the article: navigation, notices, other articles' headlines.",
        "Look at body_start and body_end of the document, and at the rule that found it.",
    ),
    "trigger-outside-span": Entry(
        "A trigger outside its mention",
        "The word that carries an event does not stand in the stretch that tells it.",
        "Correct one of the two spans.",
    ),
    "other-document": Entry(
        "A reference into another document",
        "A quote, mention or time refers to a span of a document that is not its own.",
        "Correct the reference.",
    ),
    "speaker-inside-content": Entry(
        "A speaker inside the quote",
        "The words that name the speaker overlap what is said.",
        "Correct one of the two spans.",
    ),
    "group-disagrees": Entry(
        "Pieces of one utterance that disagree",
        "Pieces with the same quote_group differ in document, speaker or kind, or two have one number.",
        "Correct the piece, or give it a group of its own.",
    ),
    "quote-text-kind": Entry(
        "Words where none are published, or none where they are",
        "A direct quote has no text, or an indirect or mixed one has.",
        "Only the speaker's own words are published; say an indirect quote in the gist, in words of your own.",
    ),
    "quoted-share": Entry(
        "More of a text than the package allows itself",
        "The part of a text that is published in quotes is above the ceiling that the descriptor states.",
        "Publish less of it, or state another ceiling in newspkg.quotedShareCeiling and stand by it.",
    ),
    "text-hash-mismatch": Entry(
        "Another text than the package was made from",
        "A file has the name of a document's source, but its text has another SHA-256.",
        "Find the version the package was made from, or build the package anew.",
    ),
    "surface-mismatch": Entry(
        "Words that do not stand there",
        "The text between the ends of a span is not what the cell says.",
        "Correct the span or the words; offsets count code points of the text as decoded.",
    ),
    "quote-marks": Entry(
        "A direct quote that is not between quotation marks",
        "No quotation mark stands before or after the span of a direct quote, or the marks are part of it.",
        "Correct the span, or the kind of the quote.",
    ),
    "edtf-error": Entry(
        "A date that is none",
        "A date is not written in the Extended Date/Time Format, levels 0 and 1.",
        "Write it as 2031-03-11, 2031-03, 2031, 203X, 2031-03-11/2031-03-14 or 2031-03~.",
    ),
    "date-bounds": Entry(
        "Bounds that do not follow from their date",
        "The first day, the last day or the precision beside a date is not what the date admits.",
        "Correct the date or the columns beside it; all of them follow from the date.",
    ),
    "mode-type": Entry(
        "A mode that its type does not have",
        "The mode of an event belongs to other types of PLOVER 2.0 than the event's.",
        "Choose a mode of the type, or none.",
    ),
    "target-missing": Entry(
        "An event without its target",
        "An event of type COOPERATE, AID or SANCTION has no participant in the role of target.",
        "Say whom it concerns, or choose another type.",
    ),
    "event-without-mention": Entry(
        "An event that no text tells",
        "No row of event_mentions has the id of this event.",
        "Remove the event, or add the mention that tells it.",
    ),
    "mention-type-differs": Entry(
        "A mention of another type than its event",
        "A mention and its event differ in type, and the descriptor lists no such variant.",
        "Correct the type, move the mention to another event, or list the variant in newspkg.typeVariants.",
    ),
    "actual-after-publication": Entry(
        "A fact of the future",
        "Something is told as having happened that lies, by its date, after the text that tells it.",
        "Correct the date, or the status: what is announced is planned.",
    ),
    "count-mismatch": Entry(
        "A count that the rows do not bear out",
        "A column that counts rows or characters of other tables has another number than they give.",
        "Build the package anew; counts are never written by hand.",
    ),
    "id-rule": Entry(
        "An id that is not made by its rule",
        "A document is named by its text, a span by its document and place, an event by its first mention or a correction.",
        "Build the package anew; the message says what the id should be.",
    ),
    "row-order": Entry(
        "A row out of order",
        "The rows of a table are sorted by their key, by code point, so that two versions can be compared.",
        "Build the package anew, or sort the table.",
    ),
    "actor-unused": Entry(
        "An actor that nothing refers to",
        "No mention, quote, event, role or other actor refers to this actor.",
        "Remove the row; actors that are merely known stay in the registry.",
    ),
    "role-outside-dates": Entry(
        "An office or name outside its time",
        "A name or role ends before it begins, or an office was taken for somebody who held none when the text came out.",
        "Correct the dates in the curated tables, or the actor of the mention.",
    ),
    "metonym-shared": Entry(
        "A capital that stands for two",
        "The same metonym is a name of two actors at overlapping times.",
        "Give the names their times, or remove one.",
    ),
    "part-of-cycle": Entry(
        "Something that is part of itself",
        "Following part_of from an actor leads back to it.",
        "Correct part_of in the curated actors.",
    ),
    "correction-stale": Entry(
        "A correction that no longer matches",
        "A row of corrections.csv names no row or field, or one that is not there, drops a row that is gone,"
        " or does not stand in the table it corrects.",
        "Look at the row it names; correct or remove the correction.",
    ),
}
