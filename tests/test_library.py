"""newspkg as a library: what `import newspkg` gives, where schemas may come from, and that docs/library.md is true."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest

import newspkg
from newspkg import schemas
from newspkg.problems import CannotRun, SchemaError, UsageError
from newspkg.report import Report
from newspkg.schema import TableSchema, house_folder, house_schemas
from packages import make

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
HEAVY = {"frictionless", "jsonschema", "numpy", "pandera", "polars", "pyarrow"}


def run(code: str, folder: Path = ROOT) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- the front door --------------------------------------------------------------------------------------------------


def test_to_import_it_loads_nothing() -> None:
    code = "import newspkg, sys; dir(newspkg); print(newspkg.__version__, *sys.modules)"
    version, *loaded = run(code).split()
    assert version == newspkg.__version__
    assert not HEAVY & set(loaded)
    assert [name for name in loaded if name.startswith("newspkg.")] == []


def test_the_functions_are_there_after_one_import() -> None:
    """In a fresh interpreter: here others have imported the modules already."""
    code = (
        "import newspkg\n"
        "print(newspkg.validate('tests/packages/good').valid)\n"
        "print(newspkg.schema('quotes').name)\n"
        "print(sorted(set(dir(newspkg)) & {'schema', 'validate', '__version__'}))\n"
    )
    assert run(code).split("\n")[:2] == ["True", "quotes"]


def test_they_are_modules_too() -> None:
    assert newspkg.validate.validate is importlib.import_module("newspkg.validate").validate  # type: ignore[attr-defined]
    assert newspkg.schema.TableSchema is TableSchema  # type: ignore[attr-defined]
    assert {"schema", "validate"} <= set(dir(newspkg))


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match=r"newspkg.*valdate"):
        newspkg.valdate("x")  # type: ignore[attr-defined]


def test_validate_gives_a_report() -> None:
    report = newspkg.validate(ROOT / "tests" / "packages" / "good")
    assert isinstance(report, Report)
    assert report.valid


def test_a_type_checker_knows_what_they_give(tmp_path: Path) -> None:
    """Each line of the snippet that is to be refused has an `ignore`; one that is not needed is an error as well."""
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache"), "tests/typed"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# --- where a schema comes from ---------------------------------------------------------------------------------------

FIELDS = {"fields": [{"name": "n", "type": "integer", "constraints": {"minimum": 1}}]}


def refuses(contract: pa.DataFrameSchema) -> bool:
    """Whether it is the contract of FIELDS: it accepts a 1 and refuses a 0."""
    contract.validate(pl.DataFrame({"n": [1]}))
    with pytest.raises(Exception, match="minimum"):
        contract.validate(pl.DataFrame({"n": [0]}))
    return True


def test_from_a_dict() -> None:
    assert refuses(newspkg.schema(FIELDS))


def test_from_a_table_schema() -> None:
    schema, _ = TableSchema.from_descriptor(FIELDS, strict=True, where="x")
    assert refuses(newspkg.schema(schema))


def test_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "n.json"
    path.write_text(json.dumps({**FIELDS, "title": "Numbers"}), encoding="utf-8")
    assert refuses(newspkg.schema(path))
    assert newspkg.schema(str(path)).title == "Numbers"


def package(tmp_path: Path, **schemas: Any) -> Path:
    """A package whose resources have these schemas; their files need not be there."""
    listed = [{"name": name, "path": f"{name}.csv", "schema": given} for name, given in schemas.items()]
    return make.write({"datapackage.json": json.dumps({"name": "p", "resources": listed}).encode()}, tmp_path)


def test_from_a_package(tmp_path: Path) -> None:
    folder = package(tmp_path, a={"fields": [{"name": "x"}]}, b=FIELDS)
    for source in (folder, str(folder), folder / "datapackage.json"):
        assert refuses(newspkg.schema(source, "b"))
    assert newspkg.schema(folder, "b").name == "b"


def test_from_a_schema_that_a_package_keeps_in_a_file(tmp_path: Path) -> None:
    folder = package(tmp_path, b="schemas/b.json")
    (folder / "schemas").mkdir()
    (folder / "schemas" / "b.json").write_text(json.dumps(FIELDS), encoding="utf-8")
    assert refuses(newspkg.schema(folder))  # the only resource need not be named


def test_faults_elsewhere_in_a_package_do_not_matter(tmp_path: Path) -> None:
    folder = package(tmp_path, a={"fields": [{"name": "x", "type": "strin"}]}, b=FIELDS)
    assert refuses(newspkg.schema(folder, "b"))
    with pytest.raises(SchemaError) as refused:
        newspkg.schema(folder, "a")
    assert [(p.code, p.field) for p in refused.value.problems] == [("field-error", "/resources/0/schema/fields/0/type")]


def test_the_checks_of_a_package_are_not_those_of_a_frame(tmp_path: Path) -> None:
    checks = [
        {"name": "small", "resource": "b", "expression": "n < 9"},
        {"name": "other", "resource": "a", "expression": "x > 1"},
    ]
    folder = package(tmp_path, a={"fields": [{"name": "x", "type": "integer"}]}, b=FIELDS)
    path = folder / "datapackage.json"
    given = json.loads(path.read_bytes())
    path.write_text(json.dumps({**given, "newspkg:checks": checks}), encoding="utf-8")
    notes = newspkg.schema(folder, "b").metadata["newspkg"]["unchecked"]
    assert [note["what"] for note in notes] == ["the check small"]


@pytest.mark.parametrize("table", sorted(house_schemas()))
def test_a_table_of_the_profile_is_as_strict_wherever_it_is_found(table: str) -> None:
    contract = newspkg.schema(table)
    for other in (
        schemas.table(table),
        newspkg.schema(house_folder() / f"{table}.json"),
        newspkg.schema(ROOT, table),
        newspkg.schema(house_schemas()[table]),
    ):
        assert {name: str(one.dtype) for name, one in other.columns.items()} == {
            name: str(one.dtype) for name, one in contract.columns.items()
        }
        assert (other.strict, other.ordered, other.name) == (True, True, table)
    assert "the rules of the profile" in [note["what"] for note in contract.metadata["newspkg"]["unchecked"]]


def test_a_file_may_be_called_like_a_table_of_the_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path / "quotes", b=FIELDS)
    monkeypatch.chdir(tmp_path)
    assert newspkg.schema("quotes").name == "quotes"
    assert refuses(newspkg.schema("./quotes"))
    assert refuses(newspkg.schema(Path("quotes")))


SOURCES: list[tuple[Any, str | None, type[Exception], str]] = [
    ("absent", None, UsageError, "absent: there is no such file or folder"),
    ("n.csv", None, UsageError, "n.csv: is no descriptor"),
    ("broken.json", None, SchemaError, "broken.json is no JSON: .* line 1"),
    ("list.json", None, SchemaError, "list.json must hold one JSON object"),
    ("empty.json", None, SchemaError, "empty.json, /fields: fields must be a list"),
    ("n.json", "b", UsageError, "'b' is to be a resource of a package"),
    ("quotes", "b", UsageError, "'b' is to be a resource of a package"),
    (FIELDS, "b", UsageError, "'b' is to be a resource of a package"),
    ({"resources": []}, None, UsageError, "the descriptor of a package: give the path"),
    (7, None, UsageError, "A int is no schema"),
    ("pack", None, UsageError, "pack: name one of the resources of this package: here, there"),
    ("pack", "her", UsageError, "there is no resource 'her'; did you mean here?"),
    ("pack", "x", UsageError, "there is no resource 'x'; there are here, there, bare, far, lost"),
    ("pack", "bare", UsageError, "pack: the schema of bare cannot be used: it has none"),
    ("pack", "far", UsageError, "the schema of far cannot be used: .*example.org/s.json is not fetched"),
    ("pack", "lost", SchemaError, "pack: /resources/4/schema names a file that cannot be read"),
    ("bare", None, UsageError, "bare: no resource of this package has a schema"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "resource", "error", "said"), SOURCES, ids=[f"{s[0]} {s[1]}" for s in SOURCES])
def test_a_source_that_is_none_is_said_with_its_place(
    source: Any,
    resource: str | None,
    error: type[Exception],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    here = {"here": FIELDS, "there": FIELDS, "bare": None, "far": "https://example.org/s.json", "lost": "lost.json"}
    package(tmp_path / "pack", **here)
    package(tmp_path / "bare", bare=None)
    for folder in ("pack", "bare"):  # a resource without a schema has none, not an empty one
        path = tmp_path / folder / "datapackage.json"
        path.write_text(path.read_text(encoding="utf-8").replace(', "schema": null', ""), encoding="utf-8")
    texts = {"broken.json": "{", "list.json": "[]", "empty.json": "{}", "n.json": json.dumps(FIELDS), "n.csv": "n\n1\n"}
    for name, text in texts.items():
        Path(name).write_text(text, encoding="utf-8")
    with pytest.raises(error, match=said):
        newspkg.schema(source, resource)


def test_a_file_that_may_not_be_read_is_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n.json"
    path.write_text(json.dumps(FIELDS), encoding="utf-8")

    def refused(_: Path) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("newspkg.contract.sources.open_plain", refused)
    with pytest.raises(CannotRun, match=r"n\.json: cannot be read .Permission denied"):
        newspkg.schema(path)


# --- the page --------------------------------------------------------------------------------------------------------


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_every_example_of_the_page_prints_what_stands_below_it(tmp_path: Path) -> None:
    """In one interpreter, as a reader would who tries them one after the other."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "datapackage.json").write_text(blocks("json")[0], encoding="utf-8")
    (folder / "orders.csv").write_text(blocks("csv")[0], encoding="utf-8")
    shown = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(shown) == len(blocks("python"))
    mark = "--- the next example ---"
    printed = run(f"\nprint({mark!r})\n".join(code for code, _ in shown), tmp_path).split(f"{mark}\n")
    assert printed == [text for _, text in shown]


def test_the_page_names_the_dtype_of_every_type() -> None:
    from newspkg.schema import TYPES

    rows = re.findall(r"^\| ([a-z, ]+) \| (\w+)", PAGE.split("### Dtypes")[1].split("### Rules")[0], re.MULTILINE)
    named = {kind: dtype for kinds, dtype in rows for kind in kinds.split(", ") if kind != "type"}
    dtypes = {
        kind: newspkg.schema({"fields": [{"name": "x", "type": kind}]}).metadata["newspkg"]["dtypes"]["x"]
        for kind in TYPES
    }
    assert named == {kind: str(dtype).split("(")[0] for kind, dtype in dtypes.items()}
