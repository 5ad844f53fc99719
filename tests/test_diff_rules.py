"""What must not change: an example for each kind of change, which is found as that kind and no other, and backwards as
its mirror; and that docs/diff.md has the same table."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from comparing import ROWS, both, files
from newspkg.diff import diff
from newspkg.diff.rules import KINDS, STEPS, largest

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "diff.md").read_text(encoding="utf-8")

Given = dict[str, Any]
Change = Callable[[Given], object]


def books(given: Given) -> Given:
    found: Given = given["resources"][0]
    return found


def schema(given: Given) -> Given:
    found: Given = books(given)["schema"]
    return found


def field(given: Given, name: str) -> Given:
    return next(f for f in schema(given)["fields"] if f["name"] == name)


def put(*steps: str | int, **values: Any) -> Change:
    """Sets properties of what stands at some steps; None takes one away."""

    def change(given: Given) -> None:
        at: Any = given
        for step in steps:
            at = at[step]
        for key, value in values.items():
            at[key.replace("S_", "$")] = value
            if value is None:
                del at[key]

    return change


def books_are(**values: Any) -> Change:
    return put("resources", 0, **values)


def schema_is(**values: Any) -> Change:
    return put("resources", 0, "schema", **values)


def field_is(name: str, /, **values: Any) -> Change:
    return lambda given: put(**values)(field(given, name))


def constraints(name: str, /, **values: Any) -> Change:
    return field_is(name, constraints=values)


def fields(change: Callable[[list[Given]], object], **more: Any) -> Change:
    def applied(given: Given) -> None:
        change(schema(given)["fields"])
        schema(given).update(more)

    return applied


def all_of(*changes: Change) -> Change:
    def applied(given: Given) -> None:
        for change in changes:
            change(given)

    return applied


def nothing(_: Given) -> None:
    """As it is."""


LABELLED = [{"value": "novel", "label": "Novel"}, {"value": "essay", "label": "Essay"}]
RENAMED = [{"value": "novel", "label": "Long story"}, {"value": "essay", "label": "Essay"}]
FIVE = {"name": "five", "type": "string"}
KEY = {"fields": "title", "reference": {"resource": "books", "fields": "title"}}
NO_HEADER = {"header": False}

# kind -> (what OLD is made by, what NEW is made by); rows are those of the module unless told below.
EXAMPLES: dict[str, tuple[Change, Change]] = {
    "name-changed": (nothing, put(name="archive")),
    "id-changed": (nothing, put(id="https://example.org/5")),
    "licence-added": (nothing, put(licenses=[{"name": "CC-BY-4.0"}, {"name": "ODbL-1.0"}])),
    "licence-removed": (nothing, put(licenses=None)),
    "profile-changed": (nothing, put(S_schema="https://datapackage.org/profiles/2.0/datapackage.json")),
    "metadata-changed": (nothing, put(title="Books", keywords=["a"])),
    "stamp-changed": (nothing, put(version="1.2.4", created="2031-01-01T00:00:00Z")),
    "resource-added": (nothing, lambda g: g["resources"].append({"name": "more", "path": "notes.txt"})),
    "resource-removed": (nothing, lambda g: g["resources"].pop()),
    "resource-renamed": (nothing, books_are(name="volumes")),
    "path-changed": (nothing, books_are(path="copy.csv")),
    "part-added": (nothing, books_are(path=["books.csv", "copy.csv"])),
    "part-removed": (books_are(path=["books.csv", "copy.csv"]), books_are(path=["books.csv"])),
    "format-changed": (nothing, books_are(format="tsv", dialect={"delimiter": ","})),
    "encoding-changed": (nothing, books_are(encoding="latin-1")),
    "dialect-changed": (nothing, books_are(dialect={"quoteChar": "'"})),
    "schema-added": (books_are(schema=None), nothing),
    "schema-removed": (nothing, books_are(schema=None)),
    "field-added": (nothing, fields(lambda f: f.append(FIVE))),
    "field-added-required": (nothing, fields(lambda f: f.append({**FIVE, "constraints": {"required": True}}))),
    "field-inserted": (books_are(dialect=NO_HEADER), all_of(books_are(dialect=NO_HEADER), fields(lambda f: f.insert(1, FIVE)))),
    "field-removed": (nothing, fields(lambda f: f.pop(2))),
    "field-renamed": (nothing, field_is("title", name="heading")),
    "fields-reordered": (nothing, fields(lambda f: f.reverse())),
    "fields-moved": (schema_is(fieldsMatch="equal"), fields(lambda f: f.reverse(), fieldsMatch="equal")),
    "fields-match-tightened": (schema_is(fieldsMatch="subset"), schema_is(fieldsMatch="equal")),
    "fields-match-loosened": (nothing, schema_is(fieldsMatch="partial")),
    "type-widened": (nothing, field_is("id", type="number")),
    "type-narrowed": (field_is("price", constraints=None), field_is("price", constraints=None, type="integer")),
    "type-changed": (field_is("price", constraints=None), field_is("price", constraints=None, type="string")),
    "format-widened": (field_is("title", format="uri"), nothing),
    "format-narrowed": (nothing, field_is("title", format="email")),
    "format-replaced": (field_is("title", format="uri"), field_is("title", format="email")),
    "reading-changed": (nothing, field_is("price", decimalChar=",")),
    "missing-values-changed": (nothing, schema_is(missingValues=["", "NA"])),
    "constraint-added": (nothing, constraints("title", maxLength=20, required=True)),
    "constraint-removed": (nothing, field_is("title", constraints=None)),
    "constraint-tightened": (nothing, constraints("title", maxLength=19)),
    "constraint-loosened": (nothing, constraints("price", minimum=-1)),
    "constraint-changed": (constraints("title", pattern="[A-Z].*"), constraints("title", pattern="[A-Z].+")),
    "enum-value-added": (nothing, constraints("kind", enum=["novel", "essay", "poem", "play"])),
    "enum-value-removed": (nothing, constraints("kind", enum=["novel", "essay"])),
    "enum-reordered": (nothing, constraints("kind", enum=["poem", "essay", "novel"])),
    "category-order-changed": (field_is("kind", categories=LABELLED), field_is("kind", categories=LABELLED, categoriesOrdered=True)),
    "category-relabelled": (field_is("kind", categories=LABELLED), field_is("kind", categories=RENAMED)),
    "primary-key-added": (schema_is(primaryKey=None), nothing),
    "primary-key-removed": (nothing, schema_is(primaryKey=None)),
    "primary-key-changed": (nothing, schema_is(primaryKey=["id", "title"])),
    "unique-key-added": (nothing, constraints("title", maxLength=20, unique=True)),
    "unique-key-removed": (schema_is(uniqueKeys=[["title", "kind"]]), nothing),
    "foreign-key-added": (nothing, schema_is(foreignKeys=[KEY])),
    "foreign-key-removed": (schema_is(foreignKeys=[KEY]), nothing),
    **dict.fromkeys(
        ("rows-added", "rows-removed", "cells-changed", "bytes-changed", "file-changed", "file-missing", "file-found"),
        (nothing, nothing),
    ),
    **dict.fromkeys(("column-lost", "column-gained", "column-relabelled"), (nothing, nothing)),
    **dict.fromkeys(
        ("rows-added-unkeyed", "rows-removed-unkeyed"), (schema_is(primaryKey=None), schema_is(primaryKey=None))
    ),
}  # fmt: skip
NEW_ROWS = {
    "rows-added": ROWS + "4,Moss,1,poem\n",
    "rows-removed": ROWS.replace("2,Rain,9,essay\n", ""),
    "rows-added-unkeyed": ROWS + "3,Reed,,poem\n",
    "rows-removed-unkeyed": ROWS.replace("2,Rain,9,essay\n", ""),
    "cells-changed": ROWS.replace("Rain", "Hail"),
    "bytes-changed": ROWS.replace("7.50", "7.5"),
    "column-lost": "id,title,kind\n1,Salt,novel\n2,Rain,essay\n3,Reed,poem\n",
    "column-gained": "id,title,price,kind,more\n1,Salt,7.50,novel,1\n2,Rain,9,essay,2\n3,Reed,,poem,3\n",
    "column-relabelled": ROWS.replace("title", "Title"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_change_is_found(tmp_path: Path, kind: str) -> None:
    old, new = EXAMPLES[kind]
    rows = NEW_ROWS.get(kind, ROWS)
    notes = b"other\n" if kind == "file-changed" else b"none\n"
    before = files(old, copy__csv=ROWS.encode())
    after = files(new, rows, copy__csv=ROWS.encode(), notes__txt=notes)
    for gone, some in (("file-missing", after), ("file-found", before)):
        if kind == gone:
            del some["books.csv"]
    found = both(before, after, tmp_path)
    data = {k for t in found.tables for k in t.kinds} if kind in NEW_ROWS or kind == "file-changed" else set()
    assert {c.kind for c in found.changes} | data == {kind}
    assert all(c.step == KINDS[kind].step and c.breaking == (KINDS[kind].step == "major") for c in found.changes)
    back = diff(tmp_path / "new", tmp_path / "old")
    data = {k for t in back.tables for k in t.kinds} if data else set()
    mirror = KINDS[kind].mirror
    assert {c.kind for c in back.changes} | data == {mirror}
    assert mirror in KINDS


def test_every_kind_has_an_example() -> None:
    assert list(EXAMPLES.keys() ^ KINDS.keys()) == []


def test_the_page_has_the_table_that_the_code_has() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (\w+) \|$", PAGE, re.MULTILINE)
    assert rows == [(kind, one.rule, one.step) for kind, one in KINDS.items()]


def test_what_breaks_is_said_as_a_must_not() -> None:
    for kind, one in KINDS.items():
        assert ("MUST NOT" in one.rule) == one.breaking, kind


def test_the_largest_step() -> None:
    assert largest([]) == "none"
    assert largest(["patch", "major", "none"]) == "major"
    assert list(STEPS) == sorted(STEPS, key=STEPS.index)


# --- bounds and vocabularies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "kind"),
    [
        ("price", {"minimum": 0}, {"minimum": 1}, "constraint-tightened"),
        ("price", {"maximum": 9}, {"maximum": 10}, "constraint-loosened"),
        ("price", {"minimum": 0}, {"exclusiveMinimum": 0}, "constraint-tightened"),
        ("price", {"exclusiveMaximum": 5}, {"maximum": 5}, "constraint-loosened"),
        ("price", {"minimum": 1}, {"exclusiveMinimum": 0}, "constraint-loosened"),
        ("price", {"minimum": 1}, {"minimum": "1.0"}, None),
        ("price", {"minimum": 1}, {"minimum": 1, "maximum": 5}, "constraint-added"),
        ("price", {"minimum": 1, "exclusiveMinimum": 0}, {"minimum": 1}, None),
        ("title", {"minLength": 2}, {"minLength": 3}, "constraint-tightened"),
        ("title", {"minLength": 2}, {"minLength": 1}, "constraint-loosened"),
        ("title", {"required": False}, {}, None),
        ("title", {"required": True}, {}, "constraint-removed"),
        ("title", {"enum": ["a"]}, {}, "constraint-removed"),
        ("title", {}, {"enum": ["a"]}, "constraint-added"),
        ("price", {"enum": [1, 2]}, {"enum": ["1.0", 2]}, None),
        ("title", {"unique": True}, {}, "unique-key-removed"),
    ],
)
def test_bounds_are_compared_as_values(tmp_path: Path, name: str, old: Given, new: Given, kind: str | None) -> None:
    found = both(files(constraints(name, **old)), files(constraints(name, **new)), tmp_path)
    assert [c.kind for c in found.changes] == ([kind] if kind else [])


def test_bounds_of_another_type_or_without_an_order_are_a_change(tmp_path: Path) -> None:
    old = field_is("title", type="duration", constraints={"minimum": "P1M"})
    new = field_is("title", type="duration", constraints={"minimum": "P30D"})
    found = both(files(old), files(new), tmp_path)
    assert [c.kind for c in found.changes] == ["constraint-changed"]


def test_categories_that_become_an_enum_of_the_same_values_are_no_change(tmp_path: Path) -> None:
    old = field_is("kind", categories=["novel", "essay"], constraints=None)
    new = constraints("kind", enum=["novel", "essay"])
    assert not both(files(old), files(new), tmp_path).changes


def test_an_ordered_vocabulary_must_keep_its_order(tmp_path: Path) -> None:
    old = field_is("kind", categories=["novel", "essay"], categoriesOrdered=True, constraints=None)
    new = field_is("kind", categories=["essay", "novel"], categoriesOrdered=True, constraints=None)
    assert [c.kind for c in both(files(old), files(new), tmp_path).changes] == ["category-order-changed"]


# --- fields, keys and resources --------------------------------------------------------------------------------------


def test_a_key_follows_a_renamed_field_and_a_renamed_resource(tmp_path: Path) -> None:
    def renamed(given: Given) -> None:
        field(given, "id")["name"] = "number"
        schema(given)["primaryKey"] = "number"
        schema(given)["foreignKeys"] = [
            {"fields": ["number"], "reference": {"resource": "volumes", "fields": ["number"]}}
        ]
        books(given)["name"] = "volumes"

    old = schema_is(foreignKeys=[{"fields": "id", "reference": {"resource": "", "fields": "id"}}])
    found = both(files(old), files(renamed, ROWS.replace("id,", "number,")), tmp_path)
    assert [(c.kind, c.old, c.new) for c in found.changes] == [
        ("resource-renamed", "books", "volumes"), ("field-renamed", "id", "number"),
    ]  # fmt: skip
    assert found.table("volumes").key == ("number",)


def test_a_field_that_differs_in_more_than_its_name_was_removed_and_another_added(tmp_path: Path) -> None:
    new = field_is("title", name="heading", constraints={"maxLength": 21})
    found = both(files(), files(new), tmp_path)
    assert [(c.kind, c.field) for c in found.changes] == [("field-removed", "title"), ("field-added", "heading")]


def test_without_a_header_no_field_may_move(tmp_path: Path) -> None:
    old = all_of(books_are(dialect=NO_HEADER), schema_is(fieldsMatch="equal"))
    new = all_of(old, fields(lambda f: f.reverse()))
    assert [c.kind for c in both(files(old), files(new), tmp_path).changes] == ["fields-reordered"]


def test_a_field_has_missing_values_of_its_own(tmp_path: Path) -> None:
    found = both(files(), files(field_is("title", missingValues=["", "-"])), tmp_path)
    assert [(c.kind, c.field, c.new) for c in found.changes] == [("missing-values-changed", "title", ["", "-"])]


def test_prose_at_every_level_is_metadata_and_own_properties_too(tmp_path: Path) -> None:
    new = all_of(
        put(contributors=[{"title": "Ada"}], **{"x:own": 1}),
        books_are(title="Books"),
        schema_is(description="All of them."),
        field_is("title", description="As printed.", unit="word"),
    )
    found = both(files(), files(new), tmp_path)
    assert {c.kind for c in found.changes} == {"metadata-changed"}
    assert [(c.resource, c.field) for c in found.changes] == [
        (None, None), (None, None), ("books", None), ("books", None), ("books", "title"), ("books", "title"),
    ]  # fmt: skip
    assert found.step == "patch"


def test_what_a_descriptor_says_of_bytes_is_no_change_of_its_own(tmp_path: Path) -> None:
    assert not both(files(books_are(bytes=1, rows=3)), files(books_are(hash="sha256:" + "0" * 64)), tmp_path)


def test_a_schema_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    found = both(files(), files(books_are(schema="absent.json")), tmp_path)
    assert [(u.what, u.resource) for u in found.unread] == [("the schema", "books")]
