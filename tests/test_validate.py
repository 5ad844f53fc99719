"""The validator on anybody's package: descriptor, files, header, records, and that nothing makes it fall over."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effort import examples
from judging import GOOD, judge, one, places
from newspkg.problems import CannotRun, PkgError, UsageError
from newspkg.validate import validate
from packages import make

# --- what is given ---------------------------------------------------------------------------------------------------


def test_a_folder_and_its_descriptor_are_one() -> None:
    assert validate(GOOD).as_json() == validate(GOOD / "datapackage.json").as_json() == validate(str(GOOD)).as_json()


@pytest.mark.parametrize("name", ["nowhere", "data/events.csv", "data"])
def test_what_is_no_package_is_a_wrong_call(name: str) -> None:
    with pytest.raises(UsageError, match=name.rsplit("/", 1)[-1]):
        validate(GOOD / name)


def test_yaml_is_not_read_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "datapackage.yml").write_text("name: x", encoding="utf-8")
    with pytest.raises(UsageError, match="YAML"):
        validate(tmp_path)


def test_texts_that_are_not_there_are_a_wrong_call() -> None:
    with pytest.raises(UsageError, match="--texts"):
        validate(GOOD, texts=[GOOD / "nowhere"])


def test_texts_are_found_as_a_build_finds_them(tmp_path: Path) -> None:
    for path in (GOOD / "texts").iterdir():
        (tmp_path / path.name.upper()).write_bytes(path.read_bytes())
    for texts in ([tmp_path], [tmp_path / "*.TXT"]):
        assert not [u for u in validate(GOOD, texts=texts).unchecked if "text" in u.what]


def test_a_descriptor_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "datapackage.json"
    path.write_text("{}", encoding="utf-8")
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        with pytest.raises(CannotRun, match="cannot be read"):
            validate(tmp_path)
    else:  # the superuser reads everything; what cannot be read then is a name that is too long
        with pytest.raises((CannotRun, UsageError)):
            validate(tmp_path / ("x" * 300))


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", 1),
        (b"[]", 1),
        (b'{\n "name" "x"\n}', 2),
        (b'{"resources": [], "resources": [1]}', None),
        (b'\n\n{"name": "\xff"}', 3),
        (b'{"bytes": NaN}', None),
        (b"[" * 100_000, None),
        (b'{"name": "\\ud800"}', None),
    ],
)
def test_a_descriptor_that_is_no_object(tmp_path: Path, raw: bytes, line: int | None) -> None:
    (tmp_path / "datapackage.json").write_bytes(raw)
    assert places(validate(tmp_path)) == [("package-error", None, None, line)]


# --- the descriptor --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "pointer"),
    [
        ({"name": 5}, "/name"),
        ({"created": "2031-03-11"}, "/created"),
        ({"homepage": "our site"}, "/homepage"),
        ({"image": "../cover.png"}, "/image"),
        ({"keywords": []}, "/keywords"),
        ({"contributors": ["me"]}, "/contributors/0"),
        ({"contributors": [{"title": "me", "roles": "author"}]}, "/contributors/0/roles"),
        ({"contributors": [{"title": "me", "path": "me"}]}, "/contributors/0/path"),
        ({"licenses": [{"title": "free"}]}, "/licenses/0"),
        ({"licenses": [{"name": "CC0-1.0", "path": "/etc/licence"}]}, "/licenses/0/path"),
        ({"sources": [{}]}, "/sources/0"),
        ({"resources": {}}, "/resources"),
        ({"newspkg": []}, "/newspkg"),
        ({"newspkg": {"quotedShareCeiling": 25}}, "/newspkg/quotedShareCeiling"),
        ({"newspkg": {"typeVariants": {"AID": "AGREE"}}}, "/newspkg/typeVariants"),
    ],
)
def test_a_property_of_the_package(tmp_path: Path, package: dict[str, Any], pointer: str) -> None:
    report = judge(make.one_table(package=package), tmp_path)
    assert [(p.code, p.field) for p in report.problems] == [("package-error", pointer)]


def test_properties_that_are_as_they_should_be(tmp_path: Path) -> None:
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "id": "https://example.org/x",
        "created": "2031-03-11T10:00:00.5+01:00",
        "homepage": "https://example.org",
        "image": "cover.png",
        "keywords": ["news"],
        "contributors": [{"title": "Tove Arn", "roles": ["author"]}],
        "licenses": [{"name": "CC0-1.0"}],
        "sources": [{"title": "Gazette", "path": "https://example.org/g"}],
        "colour": {"custom": True},
    }
    report = judge(make.one_table(package=package), tmp_path)
    assert (report.valid, report.problems, report.counts, report.unchecked) == (True, [], {}, [])


@pytest.mark.parametrize(
    ("resource", "pointer"),
    [
        ({"name": ""}, "/resources/0/name"),
        ({"name": None}, "/resources/0/name"),
        ({"path": None}, "/resources/0"),
        ({"data": [["id"]]}, "/resources/0"),
        ({"path": []}, "/resources/0/path"),
        ({"path": ["books.csv", 5]}, "/resources/0/path/1"),
        ({"path": "/books.csv"}, "/resources/0/path"),
        ({"path": "a/../../books.csv"}, "/resources/0/path"),
        ({"path": "~/books.csv"}, "/resources/0/path"),
        ({"path": "C:\\books.csv"}, "/resources/0/path"),
        ({"path": "x/.hidden/books.csv"}, "/resources/0/path"),
        ({"path": ["books.csv", "../b.csv"]}, "/resources/0/path/1"),
        ({"path": ["books.csv", "https://example.org/b.csv"]}, "/resources/0/path"),
        ({"bytes": "many"}, "/resources/0/bytes"),
        ({"bytes": True}, "/resources/0/bytes"),
        ({"hash": "sha256:xyz"}, "/resources/0/hash"),
        ({"hash": "sha256:abcd"}, "/resources/0/hash"),
        ({"mediatype": "csv"}, "/resources/0/mediatype"),
    ],
)
def test_a_property_of_a_resource(tmp_path: Path, resource: dict[str, Any], pointer: str) -> None:
    report = judge(make.one_table(**resource), tmp_path)
    assert [(p.code, p.field) for p in report.problems] == [("resource-error", pointer)]


def test_a_name_stands_twice(tmp_path: Path) -> None:
    files = make.one_table()
    descriptor = json.loads(files["datapackage.json"])
    descriptor["resources"] *= 2
    files["datapackage.json"] = json.dumps(descriptor, indent=1).encode()
    assert [(p.code, p.field) for p in judge(files, tmp_path).problems] == [("package-error", "/resources/1/name")]


def test_every_fault_in_one_run_each_with_its_line(tmp_path: Path) -> None:
    """Three layers of the descriptor, a schema in a file of its own, and the data: nothing hides anything."""
    descriptor = """{
  "name": 5,
  "resources": [
    {
      "name": "books",
      "path": "books.csv",
      "bytes": -1,
      "schema": "schemas/books.json"
    },
    {
      "name": "shelves",
      "path": "shelves.csv",
      "schema": {
        "fields": [
          {"name": "shelf", "type": "integr"}
        ]
      }
    }
  ]
}"""
    schema = (
        '{\n "fields": [\n  {"name": "id", "type": "integer"},\n  {"type": "string"}\n ],\n "primaryKey": "isbn"\n}'
    )
    files = {
        "datapackage.json": descriptor,
        "schemas/books.json": schema,
        "books.csv": "id,x\n1,a\nb,c\n",
        "shelves.csv": "shelf\nA\nB,C\n",
    }
    report = judge({k: v.encode() for k, v in files.items()}, tmp_path)
    assert [(p.code, p.resource, p.path, p.line, p.row) for p in report.problems] == [
        ("package-error", None, "datapackage.json", 2, None),
        ("extra-label", "books", "books.csv", 1, 1),
        ("type-error", "books", "books.csv", 3, 3),
        ("resource-error", "books", "datapackage.json", 7, None),
        ("field-error", "books", "schemas/books.json", 4, None),
        ("schema-key", "books", "schemas/books.json", 6, None),
        ("field-error", "shelves", "datapackage.json", 15, None),
        ("extra-cell", "shelves", "shelves.csv", 3, 3),
    ]


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        ("schemas/none.json", "schema-error"),
        ("../schema.json", "schema-error"),
        (5, "schema-error"),
        ({"fields": []}, "schema-error"),
        ({"fields": [5]}, "field-error"),
    ],
)
def test_a_schema_that_cannot_be_used_leaves_the_cells_and_says_so(tmp_path: Path, schema: Any, code: str) -> None:
    report = judge(make.one_table("id,title\n1\n", schema, bytes=3), tmp_path)
    assert set(report.counts) == {code, "byte-count", "missing-cell"}
    assert [(u.what, u.reason) for u in report.unchecked] == [("the cells", "its schema cannot be used")]


def test_a_foreign_key_that_leads_nowhere_is_told_once(tmp_path: Path) -> None:
    files = make.two_tables("loan,book,printed\n1,1,2001\n2,9,2001\n")
    files["datapackage.json"] = files["datapackage.json"].replace(b'"resource": "books"', b'"resource": "book"')
    report = judge(files, tmp_path)
    assert [p.code for p in report.problems] == ["schema-key"]
    assert "did you mean books?" in report.problems[0].message


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512", "SHA-256"])
def test_hashes(tmp_path: Path, algorithm: str) -> None:
    digest = hashlib.new(algorithm.lower().replace("-", ""), make.ROWS.encode()).hexdigest()
    stated = digest if algorithm == "md5" else f"{algorithm}:{digest.upper()}"
    assert judge(make.one_table(hash=stated, bytes=len(make.ROWS)), tmp_path).as_json()["counts"] == {}
    wrong = stated[:-1] + ("0" if stated[-1] not in "0" else "1")
    assert judge(make.one_table(hash=wrong), tmp_path).counts == {"hash-count": 1}


def test_an_unknown_hash_is_not_passed_in_silence(tmp_path: Path) -> None:
    report = judge(make.one_table(hash="crc32:cbf43926"), tmp_path)
    assert report.valid
    assert [u.what for u in report.unchecked] == ["its hash"]


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({"path": "https://example.org/books.csv"}, "not fetched"),
        ({"path": "books.sav", "type": "table"}, "sav are not read"),
        ({"dialect": "https://example.org/dialect.json"}, "not fetched"),
        ({"schema": None}, "it has no schema"),
    ],
)
def test_what_is_not_supported_is_named(tmp_path: Path, resource: dict[str, Any], reason: str) -> None:
    files = make.one_table(**resource)
    files |= {"books.sav": b"$FL2"}
    report = judge(files, tmp_path)
    assert report.problems == []
    assert [u.resource for u in report.unchecked] == ["books"]
    assert reason in report.unchecked[0].reason


@pytest.mark.parametrize("key", ["path", "schema"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, key: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    files = make.one_table(make.ROWS, "pipe") if key == "schema" else make.one_table(path="pipe")
    report = judge(files, tmp_path)
    assert set(report.counts) == {"file-missing" if key == "path" else "schema-error"}
    assert "a pipe, not a file" in report.problems[0].message


def test_a_device_is_called_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a device, not a file"):
        validate("/dev/null")
    with pytest.raises(UsageError, match="a device, not a file"):
        validate(GOOD, texts=["/dev/null"])
    (tmp_path / "books").mkdir()
    report = judge(make.one_table(path="books"), tmp_path)
    assert [p.code for p in report.problems] == ["file-missing"]
    assert "a folder, not a file" in report.problems[0].message


def test_a_resource_that_is_no_table_has_its_bytes_checked(tmp_path: Path) -> None:
    resource = {"name": "notes", "path": "notes.md", "bytes": 3}
    files = {"datapackage.json": json.dumps({"resources": [resource]}).encode(), "notes.md": b"# x\n"}
    report = judge(files, tmp_path)
    assert (report.counts, report.unchecked) == ({"byte-count": 1}, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1", "cp1252", "utf-8-sig"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    text = "id,title,year\n1,Çay,2001\n"
    stated = "utf-8" if encoding == "utf-8-sig" else encoding
    counts = judge(make.one_table(text.encode(encoding), encoding=stated), tmp_path).counts
    assert counts == ({"byte-order-mark": 1} if encoding == "utf-8-sig" else {})


@pytest.mark.parametrize("rows", [0, 3, 20_000])
def test_a_bad_byte_is_told_in_its_place_and_costs_its_cell_alone(tmp_path: Path, rows: int) -> None:
    raw = b"id,title,year\nx,a,2001\n" + b"1,\xc3\x9f,2001\n" * rows + b"1,\xff,2001\n2,b,2002\n"
    report = judge(make.one_table(raw), tmp_path)
    bad = next(p for p in report.problems if p.code == "encoding-error")
    assert (bad.row, bad.line, bad.column, bad.field, bad.value) == (rows + 3, rows + 3, 3, "title", "0xFF")
    assert report.counts == {"encoding-error": 1, "type-error": 1}
    assert report.stats["rows"] == rows + 3


@pytest.mark.parametrize("encoding", ["utf-9", "base64", "idna", "unicode_escape", "utf-7"])
def test_an_encoding_that_is_none(tmp_path: Path, encoding: str) -> None:
    assert places(judge(make.one_table(encoding=encoding), tmp_path))[0][:2] == (
        "encoding-error",
        "/resources/0/encoding",
    )


# --- header ----------------------------------------------------------------------------------------------------------

ABC = [{"name": n} for n in "abc"]


@pytest.mark.parametrize(
    ("header", "mode", "codes"),
    [
        ("a,b,c", "exact", []),
        ("a,c,b", "exact", ["incorrect-label", "incorrect-label"]),
        ("a,B,c", "exact", ["incorrect-label"]),
        ("a,c", "exact", ["missing-label"]),
        ("b,c", "exact", ["missing-label"]),
        ("a,b,c,d", "exact", ["extra-label"]),
        ("a,d,b,c", "exact", ["extra-label"]),
        ("a,b,b", "exact", ["duplicate-label"]),
        ("a,,c", "exact", ["blank-label"]),
        (",,", "exact", ["blank-header"]),
        ("c,a,b", "equal", []),
        ("c,a", "equal", ["missing-label"]),
        ("c,a,b,d", "equal", ["extra-label"]),
        ("d,c,a,b", "subset", []),
        ("d,c,a", "subset", ["missing-label"]),
        ("c", "superset", []),
        ("c,d", "superset", ["extra-label"]),
        ("d,c", "partial", []),
        ("d,e", "partial", ["missing-label"]),
    ],
)
def test_headers(tmp_path: Path, header: str, mode: str, codes: list[str]) -> None:
    row = ",".join("x" for _ in header.split(","))
    report = one(f"{header}\n{row}\n", ABC, tmp_path, schema={"fieldsMatch": mode})
    assert [p.code for p in report.problems] == codes


def test_cells_are_judged_under_their_labels_wherever_these_stand(tmp_path: Path) -> None:
    fields = [{"name": "n", "type": "integer"}, {"name": "d", "type": "date"}]
    report = one("d,n\n2020-01-01,5\n5,2020-01-01\n", fields, tmp_path, schema={"fieldsMatch": "equal"})
    assert places(report) == [("type-error", "d", 3, 3), ("type-error", "n", 3, 3)]


def test_a_table_without_a_schema_has_its_form_judged(tmp_path: Path) -> None:
    files = make.one_table("a,a,\n1,2,3\n1,2\n,,\n")
    descriptor = json.loads(files["datapackage.json"])
    del descriptor["resources"][0]["schema"]
    files["datapackage.json"] = json.dumps(descriptor).encode()
    assert [p.code for p in judge(files, tmp_path).problems] == [
        "duplicate-label",
        "blank-label",
        "missing-cell",
        "blank-row",
    ]


# --- records ---------------------------------------------------------------------------------------------------------


def test_row_counts_records_and_line_counts_lines(tmp_path: Path) -> None:
    text = 'n,t\r\n1,"a\r\nb"\r\nx,c\r\n\r\n"y\n",d\r\n3\r\n4,e,f\r\n'
    report = one(text, [{"name": "n", "type": "integer"}, {"name": "t"}], tmp_path)
    assert places(report) == [
        ("type-error", "n", 3, 4),
        ("blank-row", None, 4, 5),
        ("type-error", "n", 5, 6),
        ("missing-cell", "t", 6, 8),
        ("extra-cell", None, 7, 9),
    ]


def test_a_chunk_has_its_own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newspkg.validate.records.ROWS", 2)
    text = 'n\n1\n"2"\n"\n3"\nx\n5\n1\n'
    report = one(text, [{"name": "n", "type": "integer"}], tmp_path, schema={"primaryKey": "n"})
    assert places(report) == [("type-error", "n", 4, 4), ("type-error", "n", 5, 6), ("primary-key", "n", 7, 8)]
    assert "row 2" in report.problems[-1].message


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("a,b\n1,2\n\n", ["blank-row"]),
        ("a,b\n1,2\n,\n", ["blank-row"]),
        ("a,b\n1,2\nNA,\n", ["constraint-error"]),  # somebody wrote that there is nothing: no blank record
        ("a,b\n1,2\n,,3\n", ["constraint-error", "extra-cell"]),
        ("a\n1\nNA\n", ["constraint-error"]),
        ("a\n1\n\n", ["blank-row"]),
        ("a,b\n1\n", ["missing-cell"]),
        ("a,b\n,\n", ["blank-row"]),
    ],
)
def test_blank_records(tmp_path: Path, text: str, codes: list[str]) -> None:
    fields = [{"name": n, "constraints": {"required": n == "a"}} for n in text.split("\n")[0].split(",")]
    assert [p.code for p in one(text, fields, tmp_path, schema={"missingValues": ["", "NA"]}).problems] == codes


def test_a_missing_cell_of_a_required_field_is_two_faults(tmp_path: Path) -> None:
    fields = [{"name": "a"}, {"name": "b", "constraints": {"required": True}}]
    assert one("a,b\n1\n", fields, tmp_path).counts == {"constraint-error": 1, "missing-cell": 1}


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("n;t\n1;a,b\n", {"delimiter": ";"}),
        ("n\tt\n1\ta\n", {"delimiter": "\t"}),
        ("n,t\n1,'a,b'\n", {"quoteChar": "'"}),
        ("n,t\n1,a\\,b\n", {"escapeChar": "\\"}),
        ('n,t\n1, "a,b"\n', {"skipInitialSpace": True}),
        ("1,a\n2,b\n", {"header": False}),
        ("# made by hand\nn,t\n1,a\n#2,b\n", {"commentChar": "#"}),
        ("made by hand\nn,t\n1,a\n", {"commentRows": [1]}),
        ("made by hand\nn,t\n1,a\n", {"headerRows": [2]}),
        ("n,\n,t\n1,a\n", {"headerRows": [1, 2], "headerJoin": "-"}),
        ("n,t\n\\N,a\n", {"nullSequence": "\\N"}),
    ],
)
def test_dialects(tmp_path: Path, text: str, dialect: dict[str, Any]) -> None:
    fields = [{"name": "n", "type": "integer"}, {"name": "t", "type": "string", "constraints": {"maxLength": 3}}]
    report = one(text, fields, tmp_path, dialect=dialect)
    assert (report.problems, report.unchecked) == ([], [])
    assert report.stats["rows"] >= 1


@pytest.mark.parametrize(
    "dialect",
    [
        {"delimiter": 5},
        {"header": 1},
        {"headerRows": [0]},
        {"escapeChar": "\\", "quoteChar": '"'},
        {"delimiter": '"'},
        5,
    ],
)
def test_a_dialect_that_cannot_be_used(tmp_path: Path, dialect: Any) -> None:
    assert judge(make.one_table(dialect=dialect), tmp_path).counts == {"dialect-error": 1}


def test_a_dialect_in_a_file(tmp_path: Path) -> None:
    files = make.one_table(make.ROWS.replace(",", ";"), dialect="dialect.json") | {
        "dialect.json": b'{"delimiter": ";"}'
    }
    assert judge(files, tmp_path).counts == {}


def test_files_of_one_table(tmp_path: Path) -> None:
    """Later files may repeat the header; places name the file they are in."""
    files = make.one_table(path=["books.csv", "more.csv", "rest.csv"]) | {
        "more.csv": b"id,title,year\n3,Wind,2020\nx,Fog,2021\n",
        "rest.csv": b"y,Ice,2022\n",
    }
    report = judge(files, tmp_path)
    assert [(p.path, p.line, p.row) for p in report.problems] == [("more.csv", 3, 5), ("rest.csv", 1, 6)]


# --- inline data -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        ([["id", "title", "year"], [1, "Salt", 2001]], []),
        ([{"id": 1, "title": "Salt", "year": 2001}, {"year": None, "id": 2, "title": "Rain"}], []),
        ([["id", "title", "year"], ["1", "Salt", "2001"]], []),
        ([["id", "title", "year"], [1.5, 7, True]], ["type-error"] * 3),
        ([["id", "title", "year"], [[1], {"a": 1}, 2001]], ["type-error"] * 2),
        ([["id", "title", "year"], [1, "Salt"]], ["missing-cell"]),
        ([["id", "title", "year"], [1, "Salt", 2001, 2]], ["extra-cell"]),
        ([["id", "title", "year"], [None, None, None]], ["blank-row"]),
        ([{"id": 1, "name": "Salt", "year": 2001}], ["incorrect-label"]),
        ([], ["source-error"]),
        ([1, 2], ["source-error"]),
        ({"id": 1}, ["source-error"]),
        ("id,title,year\n", ["resource-error"]),
        (5, ["resource-error"]),
    ],
)
def test_data_in_the_descriptor(tmp_path: Path, data: Any, codes: list[str]) -> None:
    report = judge(make.one_table(path=None, data=data), tmp_path)
    found = [p.code for p in report.problems]
    assert found == codes


def test_text_in_the_descriptor(tmp_path: Path) -> None:
    report = judge(make.one_table(path=None, data="id,title,year\n1,Salt,x\n", format="csv"), tmp_path)
    assert [(p.code, p.row) for p in report.problems] == [("resource-error", None), ("type-error", 2)]


def test_a_json_file(tmp_path: Path) -> None:
    files = make.one_table(path="books.json") | {"books.json": b'[{"id": 1, "title": "Salt", "year": "now"}]'}
    assert places(judge(files, tmp_path)) == [("type-error", "year", 2, 1)]
    (tmp_path / "books.json").write_bytes(b"[1")
    assert validate(tmp_path).counts == {"source-error": 1}


# --- nothing makes it fall over --------------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        [
            "",
            "a",
            "books.csv",
            "../x",
            "https://x.org/y",
            "string",
            "integer",
            "date",
            "(",
            "utf-16",
            "\u00e9",
            "P1Y",
            "\x00",
            "any",
            "%Y",
        ]
    ),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "path", "fields", "type", "data", "reference"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def _pointers(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    return [at, *(p for key, one_ in inner for p in _pointers(one_, (*at, key)))]


def _replaced(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = _replaced(value[at[0]], at[1:], new)
    return copy


RICH = {
    "name": "p",
    "newspkg": {"profile": "0.1"},
    "resources": [
        {
            "name": "documents",
            "path": "books.csv",
            "encoding": "utf-8",
            "bytes": 3,
            "hash": "md5:" + "0" * 32,
            "dialect": {"delimiter": ",", "headerRows": [1], "commentChar": "#"},
            "schema": {
                "fields": [
                    {"name": "id", "type": "integer", "constraints": {"required": True, "minimum": 0, "enum": [1, 2]}},
                    {
                        "name": "title",
                        "type": "string",
                        "constraints": {"pattern": "[a-z]*", "maxLength": 9},
                        "categories": ["a"],
                    },
                    {
                        "name": "year",
                        "type": "list",
                        "itemType": "date",
                        "delimiter": ";",
                        "constraints": {"unique": True},
                    },
                ],
                "missingValues": ["", "NA"],
                "fieldsMatch": "equal",
                "primaryKey": ["id"],
                "uniqueKeys": [["id", "title"]],
                "foreignKeys": [{"fields": ["id"], "reference": {"resource": "loans", "fields": ["book"]}}],
            },
        },
        {
            "name": "loans",
            "data": [{"book": 1}, {"book": None}],
            "schema": {"fields": [{"name": "book", "type": "integer"}]},
        },
    ],
}
PLACES = _pointers(RICH)


def ends_well(folder: Path) -> None:
    try:
        report = validate(folder)
    except PkgError:
        return
    assert report.valid == (not any(p.severity == "error" for p in report.problems))
    json.dumps(report.as_json()).encode()
    assert report.as_text().splitlines()[-1].startswith(("valid", "invalid"))


@settings(
    max_examples=examples(80, 1500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(st.lists(st.tuples(st.sampled_from(PLACES), JUNK), min_size=1, max_size=3))
def test_junk_in_a_descriptor_ends_in_a_report(tmp_path: Path, changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    value: Any = RICH
    for at, new in changes:
        try:
            value = _replaced(value, at, new)
        except (KeyError, IndexError, TypeError, ValueError):  # an earlier change took the place away
            continue
    ends_well(make.write({"datapackage.json": json.dumps(value).encode(), "books.csv": make.ROWS.encode()}, tmp_path))


GOOD_FILES = make.files_of(make.good())


@settings(
    max_examples=examples(25, 300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    st.sampled_from(sorted(GOOD_FILES)),
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(list(b'",\n\r\x00\xff0aZ{}'))), min_size=1, max_size=5),
    st.integers(0, 400),
)
def test_damaged_files_end_in_a_report(tmp_path: Path, name: str, changes: list[tuple[int, int]], cut: int) -> None:
    raw = bytearray(GOOD_FILES[name])
    for at, byte in changes:
        raw[at % len(raw)] = byte
    ends_well(make.write({**GOOD_FILES, name: bytes(raw[: len(raw) - cut % 40])}, tmp_path))
