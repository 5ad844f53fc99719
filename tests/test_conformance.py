"""Every clause of the standard that is checked: packages that keep it have no problem, packages that break it exactly
the expected ones.

A case changes one good package of one table, `t`, with one field, `a`, in t.csv:

    package, resource, dialect, schema, field   properties to set; `without` takes some away ("field.type")
    more, more_fields                           further resources and fields
    cells, text, files                          the cells of the field; the whole of t.csv; other files
    json                                        the whole descriptor as it stands
    errors      "code field row", the field a column or a JSON pointer, - where there is none; @ is the resource's pointer, # the field's
    warnings    in the same way, what does not make it invalid
    each        the code that each cell has
    leaves      what is named as not checked
    rehash      the algorithm by which the resource's hash is to be made right
"""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from judging import both_ways
from newspkg.conformance import CASES, Clause, conformance_md, read_clauses
from newspkg.problems import UsageError
from packages import make

ROOT = Path(__file__).resolve().parent.parent
CLAUSES = read_clauses(ROOT / CASES)
EACH = [
    pytest.param(case, good, id=f"{clause.id}-{'valid' if good else 'invalid'}-{n}")
    for clause in CLAUSES
    for good, cases in ((True, clause.valid), (False, clause.invalid))
    for n, case in enumerate(cases)
]
KNOWN = frozenset(
    [
        "package",
        "resource",
        "dialect",
        "schema",
        "field",
        "without",
        "more",
        "more_fields",
        "cells",
        "text",
        "files",
        "json",
        "errors",
        "warnings",
        "each",
        "leaves",
        "rehash",
    ]
)
RESOURCE, FIELD = "/resources/0", "/resources/0/schema/fields/0"


def files_of(case: dict[str, Any]) -> dict[str, bytes]:
    """The package of a case."""
    assert case.keys() <= KNOWN, f"a case has no {sorted(case.keys() - KNOWN)}"
    field = {"name": "a", "type": "string", **case.get("field", {})}
    schema = {"fields": [field, *case.get("more_fields", [])], **case.get("schema", {})}
    resource = {"name": "t", "path": "t.csv", "schema": schema, **case.get("resource", {})}
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "case",
        "resources": [resource, *case.get("more", [])],
        **case.get("package", {}),
    }
    if "dialect" in case:
        resource["dialect"] = case["dialect"]
    levels: dict[str, dict[str, Any]] = {"package": package, "resource": resource, "schema": schema, "field": field}
    for place in case.get("without", []):
        level, _, key = place.partition(".")
        del levels[level][key]
    cells = "".join(f'"{cell.replace(chr(34), chr(34) * 2)}"\n' for cell in case.get("cells", []))
    text = case.get("text", f"{field.get('name', 'a')}\n{cells}")
    if "rehash" in case:
        digest = hashlib.new(case["rehash"], text.encode()).hexdigest()
        resource["hash"] = digest if case["rehash"] == "md5" else f"{case['rehash']}:{digest}"
    given = case.get("json", json.dumps(deepcopy(package), indent=1))
    files = {"datapackage.json": given, "t.csv": text, **case.get("files", {})}
    return {name: content.encode() for name, content in files.items()}


def expected(case: dict[str, Any], key: str = "errors") -> list[tuple[str, str | None, int | None]]:
    found: list[tuple[str, str | None, int | None]] = []
    for one in case.get(key, []):
        code, field, row = [*one.split(" "), "", ""][:3]
        field = field.replace("@", RESOURCE, 1).replace("#", FIELD, 1)
        found.append((code, None if field in ("", "-") else field, int(row) if row else None))
    if "each" in case and key == "errors":
        found += [(case["each"], "a", row) for row in range(2, len(case["cells"]) + 2)]
    return found


@pytest.mark.parametrize(("case", "good"), EACH)
def test_a_case_of_the_standard(tmp_path: Path, case: dict[str, Any], good: bool) -> None:
    wanted = expected(case)
    assert good == (not wanted), "a valid case expects no problem, an invalid one at least one"
    report = both_ways(make.write(files_of(case), tmp_path))
    found = [(p.code, p.field, p.row) for p in report.problems if p.severity == "error"]
    assert sorted(found, key=str) == sorted(wanted, key=str), [p.message for p in report.problems]
    assert report.valid == good
    warned = [(p.code, p.field, p.row) for p in report.problems if p.severity == "warning"]
    assert warned == expected(case, "warnings")
    left = {u.what for u in report.unchecked}
    assert left >= set(case.get("leaves", [])), report.unchecked
    assert not good or left == set(case.get("leaves", [])), report.unchecked


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda c: c.id)
def test_a_clause_has_evidence(clause: Clause) -> None:
    """A rule that something breaks has a case that breaks it; all of its cases break it under its code."""
    assert clause.valid or clause.invalid
    codes = {code for case in clause.invalid for code, _, _ in expected(case)}
    assert not clause.invalid or clause.code in codes
    assert clause.says.endswith(".")


def test_no_clause_stands_twice() -> None:
    assert len({c.id for c in CLAUSES}) == len(CLAUSES)


@pytest.mark.parametrize(
    "text",
    [
        "[a",
        "a = 1",
        '[a]\nlevel = "MUST"',
        '[a]\nlevel = "OUGHT"\nsection = "x"\nsays = "y"',
        '[a]\nlevel = "MUST"\nsection = "x"\nsays = "y"\ncode = "z"',
    ],
)
def test_a_file_of_clauses_that_is_wrong(tmp_path: Path, text: str) -> None:
    (tmp_path / "types.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"types\.toml"):
        read_clauses(tmp_path)


def test_the_page_lists_every_clause_once() -> None:
    page = conformance_md(CLAUSES)
    for clause in CLAUSES:
        assert page.count(f"| `{clause.id}` |") == 1
