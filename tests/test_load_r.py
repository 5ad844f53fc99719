"""scripts/load.R in a real R: the values that the other loaders give, cell by cell, from any folder, in any locale."""

from __future__ import annotations

import bz2
import gzip
import http.server
import importlib.util
import json
import lzma
import math
import os
import random
import re
import shutil
import subprocess
import threading
import zipfile
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import newspkg
from judging import GOOD, ROOT
from newspkg.derive.anybody import loaders
from newspkg.derive.load_r import pattern_of, r_name
from newspkg.problems import UsageError
from newspkg.schema import house_schemas
from packages import make

RSCRIPT = shutil.which("Rscript")
ALLTYPES = ROOT / "tests" / "packages" / "alltypes"
DUMP = ROOT / "tests" / "r" / "dump.R"
pytestmark = pytest.mark.skipif(RSCRIPT is None, reason="Rscript is not installed (Debian: r-base-core)")

Cells = list[list[Any]]
Fields = list[dict[str, Any]]


# --- both sides ------------------------------------------------------------------------------------------------------


def run_r(*arguments: str | Path, folder: Path = ROOT, locale: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    """Runs R with no package attached but base, somewhere in Asia: moments are UTC wherever the reader sits."""
    return subprocess.run(
        [RSCRIPT or "", "--vanilla", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "LC_ALL": locale, "TZ": "Asia/Tokyo", "R_DEFAULT_PACKAGES": "NULL"},
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def said_by_r(code: str, folder: Path, locale: str = "C.UTF-8") -> str:
    done = run_r("-e", code, folder=folder, locale=locale)
    assert done.returncode == 0, done.stderr
    return done.stdout


def dumped(loader: Path, package: str | Path = "", locale: str = "C.UTF-8") -> dict[str, tuple[dict[str, Any], Cells]]:
    """What R has in each table: columns and classes, and its cells with a tag each."""
    done = run_r(DUMP, loader, *([package] if package else []), folder=loader.parent, locale=locale)
    assert done.returncode == 0, done.stderr
    found: dict[str, tuple[dict[str, Any], Cells]] = {}
    rows: Cells = []
    for line in map(json.loads, done.stdout.splitlines()):
        if isinstance(line, dict):
            rows = []
            found[line["table"]] = (line, rows)
        else:
            rows.append(line)
    assert all(head["rows"] == len(rows) for head, rows in found.values())
    return found


def tagged(value: Any) -> Any:
    """A value of Python as tests/r/dump.R writes it."""
    if value is None:
        return None
    if isinstance(value, list):
        return [tagged(item) for item in value]
    if isinstance(value, bool):
        return f"b:{str(value).upper()}"
    if isinstance(value, float) and not math.isfinite(value):
        return "n:NaN" if value != value else "n:Inf" if value > 0 else "n:-Inf"
    if isinstance(value, (int, float)):
        return f"n:{float(value):.17g}"
    if isinstance(value, datetime):
        since = value - datetime(1970, 1, 1, tzinfo=value.tzinfo)
        return f"m:{(since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds}"
    if isinstance(value, date):
        return f"d:{(value - date(1970, 1, 1)).days}"
    return f"t:{value}"


def expected(frame: pl.DataFrame) -> Cells:
    """The cells of a frame as R should have them: a column with a whole number that no double holds is text there."""
    columns = []
    for series in frame:
        values = series.to_list()
        whole = series.dtype in (pl.Int64, pl.List(pl.Int64))
        flat = [n for v in values if v is not None for n in (v if isinstance(v, list) else [v])] if whole else []
        if any(n is not None and abs(n) >= 2**53 for n in flat):
            values = [[str(n) for n in v] if isinstance(v, list) else v if v is None else str(v) for v in values]
        columns.append([tagged(v) for v in values])
    return [list(row) for row in zip(*columns, strict=True)]


def load_py(path: Path, folder: Path | None = None) -> dict[str, pl.DataFrame]:
    spec = importlib.util.spec_from_file_location("loader", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    frames: dict[str, pl.DataFrame] = module.load_all(folder or module.FOLDER)
    return frames


def written(package: Path, folder: Path | None = None) -> Path:
    """The package's loaders, in a folder of their own; where load.R is."""
    folder = folder or package / "code"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in loaders(package, folder).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "load.R"


def package_of(files: dict[str, bytes], folder: Path) -> Path:
    """Writes a package and its loaders; where load.R is."""
    return written(make.write(files, folder))


def books(rows: str | bytes, fields: Fields | None = None, /, **resource: Any) -> dict[str, bytes]:
    schema = {"fields": fields or [{"name": "id", "type": "integer"}, {"name": "title", "type": "string"}]}
    return make.one_table(rows, {**schema, **resource.pop("schema", {})}, **resource)


def tables_of(cases: list[dict[str, bytes]], folder: Path) -> Path:
    """Puts the tables of many packages of books into one, as t0, t1 and so on: R is started once for all of them."""
    files: dict[str, bytes] = {}
    resources = []
    for n, case in enumerate(cases):
        (resource,) = json.loads(case["datapackage.json"])["resources"]
        paths = [resource["path"]] if isinstance(resource["path"], str) else resource["path"]
        files |= {f"{n}/{path}": case[path] for path in paths if path in case}
        resources.append({**resource, "name": f"t{n}", "path": [f"{n}/{path}" for path in paths]})
    return package_of(
        {**files, "datapackage.json": json.dumps({"name": "books", "resources": resources}).encode()}, folder
    )


def faults_of(cases: list[dict[str, bytes]], folder: Path) -> list[str]:
    """What R says when it stops at each of these tables."""
    loader = tables_of(cases, folder)
    code = (
        f'source("{loader}"); for (n in names(newspkg_tables)) cat(sep = "", "\\1", '
        'tryCatch({ newspkg_load(n); "PASSED" }, error = conditionMessage))'
    )
    return said_by_r(code, folder).split("\1")[1:]


def agrees(loader: Path, package: Path) -> dict[str, tuple[dict[str, Any], Cells]]:
    """What R gives, which is what newspkg.load and load.py give."""
    found = dumped(loader)
    frames = newspkg.load(package)
    assert list(found) == list(frames)
    beside = load_py(loader.with_name("load.py"))
    for name, lazy in frames.items():
        frame = lazy.collect()
        head, rows = found[name]
        assert head["columns"] == frame.columns
        due = expected(frame)
        assert rows == due, name
        assert expected(beside[name]) == due, name
    return found


# --- the same values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_all_loaders_give_the_same_cells_of_every_field_type(tmp_path: Path, locale: str) -> None:
    loader = written(ALLTYPES, tmp_path)
    found = agrees(loader, ALLTYPES)
    assert dumped(loader, locale=locale) == found
    types = json.loads((ALLTYPES / "schemas" / "every.json").read_text(encoding="utf-8"))["fields"]
    assert dict(zip((f["name"] for f in types), found["every"][0]["classes"], strict=True)) == {
        **dict.fromkeys(("id", "text", "email", "clock", "month", "span", "object", "point", "shape", "any"), "character"),
        **dict.fromkeys(("big", "huge"), "character"),  # beyond what R holds exactly
        **dict.fromkeys(("whole", "number", "year"), "numeric"),
        **dict.fromkeys(("items", "counts", "tags"), "list"),
        "kind": "factor",
        "grade": "ordered factor",
        "truth": "logical",
        "day": "Date",
        "moment": "POSIXct POSIXt",
    }  # fmt: skip


def test_all_loaders_give_the_same_cells_of_this_dataset() -> None:
    found = agrees(ROOT / "scripts" / "load.R", ROOT)
    assert list(found) == [
        one["name"] for one in json.loads((ROOT / "datapackage.json").read_text("utf-8"))["resources"]
    ]
    assert sum(head["rows"] for head, _ in found.values()) > 2900
    assert {table: head["columns"] for table, (head, _) in found.items()} == {
        table: list(schema.names) for table, schema in house_schemas().items()
    }


def test_hard_texts_come_through(tmp_path: Path) -> None:
    chance = random.Random(7)
    signs = [
        "a",
        "é",
        "日",
        "👍🏽",
        '"',
        '""',
        ",",
        "\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "\\",
        "\\n",
        "NA",
        "'",
        "#",
        "\u2028",
    ]
    texts = ["".join(chance.choices(signs, k=chance.randint(0, 6))) for _ in range(300)]
    quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
    rows = "id,title\n" + "".join(f"{n},{text}\n" for n, text in enumerate(quoted))
    loader = package_of(books(rows), tmp_path)
    (_, cells), *_ = dumped(loader, locale="C").values()
    assert [cell for _, cell in cells] == [f"t:{text}" if text else None for text in texts]
    agrees(loader, tmp_path)


def test_numbers_are_the_nearest_doubles(tmp_path: Path) -> None:
    chance = random.Random(11)
    texts = [
        "0",
        "-0",
        "0.000",
        ".5",
        "5.",
        "+00012.5e+3",
        "1e-400",
        "5e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
    ]
    texts += ["1.7976931348623157e308", "9007199254740993", "123456789012345678901234567890", "nan", "-inf"]
    for _ in range(400):
        texts.append(repr(chance.random() * 10 ** chance.randrange(-300, 300)))
        texts.append(f"{chance.randrange(10**9)}.{chance.randrange(10**15)}e{chance.randrange(-320, 290)}")
        texts.append(str((2 * chance.getrandbits(53) + 1) << chance.randrange(60)))  # half-way between two doubles
        texts.append(f"-{chance.random() * 1000:.4f}")
    rows = "n\n" + "".join(f"{text}\n" for text in texts)
    loader = package_of(books(rows, [{"name": "n", "type": "number"}]), tmp_path)
    (_, cells), *_ = dumped(loader).values()
    assert [cell for (cell,) in cells] == [tagged(float(text)) for text in texts]


# --- what R makes of it ----------------------------------------------------------------------------------------------


def test_factors_have_the_order_of_the_schema_and_columns_their_meaning(tmp_path: Path) -> None:
    fields: Fields = [
        {"name": "rig", "type": "string", "title": "Rig", "description": "Its sails.", "constraints": {"enum": ["sloop", "Äsche", "brig"]}},
        {"name": "size", "type": "string", "categories": [{"value": "s", "label": "small"}, {"value": "l", "label": "large"}], "categoriesOrdered": True},
        {"name": "crew", "type": "integer", "description": "Hands."},
    ]  # fmt: skip
    loader = package_of(
        books("rig,size,crew\nbrig,l,3\n", fields, title="Ships", description="Those afloat."), tmp_path
    )
    code = f'source("{loader}"); b <- load_books(); cat(levels(b$rig) == c("sloop", "\\u00c4sche", "brig"), levels(b$size), '
    code += 'b$size > "s", comment(b), comment(b$rig), comment(b$crew), is.null(comment(b$size)), sep = "|")'
    assert said_by_r(code, tmp_path, "C").split("|") == [
        *["TRUE"] * 3, "s", "l", "TRUE", "Ships: Those afloat.", "Rig: Its sails.", "Hands.", "TRUE",
    ]  # fmt: skip
    book = said_by_r(f'source("{loader}"); b <- newspkg_codebook(); cat(b$column, b$values, sep = "|")', tmp_path)
    assert book.split("|", 3)[:3] == ["rig", "size", "crew"]
    assert "s = small | l = large" in book


def test_a_column_with_a_number_beyond_exactness_is_text(tmp_path: Path) -> None:
    rows = "id,title\n9007199254740991,a\n-0,b\n"
    assert dumped(package_of(books(rows), tmp_path))["books"][0]["classes"] == ["numeric", "character"]
    rows += "+009007199254740992,c\n-000,d\n"
    (head, cells), *_ = dumped(package_of(books(rows), tmp_path)).values()
    assert head["classes"] == ["character", "character"]
    assert [cell for cell, _ in cells] == ["t:9007199254740991", "t:0", "t:9007199254740992", "t:0"]
    bounded: Fields = [{"name": "id", "type": "integer", "constraints": {"maximum": 2**60}}]
    assert dumped(package_of(books("id\n1\n", bounded), tmp_path))["books"][0]["classes"] == ["character"]


def test_spans_are_as_substr_wants_them(tmp_path: Path) -> None:
    loader = written(GOOD, tmp_path)
    code = f"""
      source("{loader}")
      said <- load_mentions(spans = 1)
      file <- load_documents()$source_file[match(said$document_id, load_documents()$document_id)]
      text <- vapply(file, function(one) {{
        path <- file.path("{GOOD}", "texts", one)
        x <- rawToChar(readBin(path, "raw", file.size(path))); Encoding(x) <- "UTF-8"; x
      }}, "")
      cat(nrow(said), all(substr(text, said$start, said$end) == said$surface), "")
      cat(all(load_all(spans = 1)$quotes$cue_start == load_quotes()$cue_start + 1), load_quotes(spans = 1)$piece[1])
    """
    assert said_by_r(code, tmp_path).split() == ["8", "TRUE", "TRUE", "1"]
    done = run_r("-e", f'source("{loader}"); load_quotes(spans = 2)', folder=tmp_path)
    assert done.returncode != 0
    assert "give 0" in done.stderr


def test_without_spans_of_texts_nothing_is_moved(tmp_path: Path) -> None:
    fields: Fields = [{"name": "start", "type": "integer"}, {"name": "end", "type": "integer"}]
    loader = package_of(books("start,end\n1914,1918\n", fields), tmp_path)
    assert said_by_r(f'source("{loader}"); cat(load_books(spans = 1)$start)', tmp_path) == "1914"


# --- wherever it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way",
    [
        "source('{loader}')",
        "f <- function() source('{loader}'); f()",
        "source('{loader}', chdir = TRUE)",
        "sys.source('{loader}', globalenv())",
        "setwd(dirname(dirname('{loader}'))); source('code/load.R', chdir = TRUE)",
        "setwd(dirname('{loader}')); source('load.R')",
        "setwd(dirname(dirname('{loader}'))); source('code/load.R'); setwd('/')",
        "setwd(dirname(dirname('{loader}'))); eval(parse('code/load.R'))",
        "source('file://{loader}')",
    ],
)
def test_it_finds_the_package_however_it_is_called(tmp_path: Path, way: str) -> None:
    place = tmp_path / "a folder of ours"
    loader = package_of(books("id,title\n1,Salt\n"), place)
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    code = way.format(loader=loader) + "; cat(load_books()$title)"
    assert said_by_r(code, elsewhere) == "Salt"


def test_it_can_be_run_as_a_script_that_others_begin_with(tmp_path: Path) -> None:
    loader = package_of(books("id,title\n1,Salt\n"), tmp_path / "package")
    loader.write_text(loader.read_text(encoding="utf-8") + 'cat(load_books()$title, "\\n")\n', encoding="utf-8")
    done = run_r(loader.relative_to(tmp_path), folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Salt \n"), done.stderr


def test_a_folder_with_letters_beyond_ascii(tmp_path: Path) -> None:
    loader = package_of(books("id,title\n1,Salt\n"), tmp_path / "Größe 日本")
    assert dumped(loader, locale="C.UTF-8")["books"][1] == [["n:1", "t:Salt"]]


def test_the_package_may_be_moved_with_its_loader(tmp_path: Path) -> None:
    package_of(books("id,title\n1,Salt\n"), tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    assert dumped(tmp_path / "there" / "code" / "load.R")["books"][1] == [["n:1", "t:Salt"]]


def zipped(folder: Path, file: Path, top: str = "") -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, top + path.relative_to(folder).as_posix())
    return file


@pytest.mark.parametrize("top", ["", "karabakh-1.0/"])
def test_another_copy_in_a_zip(tmp_path: Path, top: str) -> None:
    loader = written(ALLTYPES, tmp_path)
    archive = zipped(ALLTYPES, tmp_path / "copy.zip", top)
    assert dumped(loader, archive) == dumped(loader)


def test_another_copy_in_a_folder_or_of_the_tables_alone(tmp_path: Path) -> None:
    loader = written(ALLTYPES, tmp_path)
    shutil.copytree(ALLTYPES / "data", tmp_path / "tables")
    assert dumped(loader, tmp_path / "tables") == dumped(loader, ALLTYPES) == dumped(loader)
    beside = load_py(loader.with_name("load.py"), tmp_path / "tables")
    assert {name: frame.height for name, frame in beside.items()} == {"every": 6, "formats": 4, "notes": 3}


def test_another_copy_at_an_address(tmp_path: Path) -> None:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    loader = written(ALLTYPES, tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(ALLTYPES))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        there = f"http://127.0.0.1:{server.server_port}/"
        assert dumped(loader, there) == dumped(loader)
        done = run_r(DUMP, loader, there + "nowhere", folder=tmp_path)
        server.shutdown()
    assert done.returncode != 0
    assert "data/every.csv: cannot be read" in done.stderr


@pytest.mark.parametrize(("folder", "said"), [("nowhere", "there is no such file"), ("no.zip", "there is no such zip")])
def test_another_copy_that_is_not_there(tmp_path: Path, folder: str, said: str) -> None:
    done = run_r(DUMP, written(ALLTYPES, tmp_path), tmp_path / folder, folder=tmp_path)
    assert done.returncode != 0
    assert f"{folder}/data/every.csv: " in done.stderr and said in done.stderr


# --- however a file is written ---------------------------------------------------------------------------------------

ROWS = "id,title\n1,Salt é\n2,\n"
CELLS = [["n:1", "t:Salt é"], ["n:2", None]]


WRITTEN: list[tuple[str | bytes, dict[str, Any]]] = [
    (ROWS, {}),
    (ROWS.rstrip("\n"), {}),
    (ROWS.replace("\n", "\r\n"), {}),
    (ROWS.replace("\n", "\r"), {}),
    ("\ufeff" + ROWS, {}),
    ('"id","title"\n"1","Salt é"\n"2",""\n', {}),
    (ROWS.replace(",", ";"), {"dialect": {"delimiter": ";"}}),
    (ROWS.replace("Salt é", "'Salt é'"), {"dialect": {"quoteChar": "'"}}),
    (ROWS.replace(",", ",  "), {"dialect": {"skipInitialSpace": True}}),
    (ROWS.replace(",Salt é", ', "Salt é"'), {"dialect": {"skipInitialSpace": True}}),
    ("1,Salt é\n2,\n", {"dialect": {"header": False}}),
    ("Our books\n" + ROWS, {"dialect": {"headerRows": [2]}}),
    (ROWS.replace("2,", "2,none"), {"dialect": {"nullSequence": "none"}}),
    (ROWS.encode("latin-1"), {"encoding": "iso-8859-1"}),
    (ROWS.encode("cp1252"), {"encoding": "windows-1252"}),
    (ROWS.encode("utf-16"), {"encoding": "utf-16"}),
    (ROWS.encode("utf-16-le"), {"encoding": "utf-16-le"}),
]


def test_dialects_and_encodings(tmp_path: Path) -> None:
    loader = tables_of([books(rows, **more) for rows, more in WRITTEN], tmp_path)
    found = agrees(loader, tmp_path)
    assert [found[f"t{n}"][1] for n in range(len(WRITTEN))] == [CELLS] * len(WRITTEN)


def test_compressed_files(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "books.zip", "w") as archive:
        archive.writestr("books.csv", ROWS)
    packed = {
        "gz": gzip.compress(ROWS[:9].encode()) + gzip.compress(ROWS[9:].encode()),  # as two files joined
        "bz2": bz2.compress(ROWS.encode()),
        "xz": lzma.compress(ROWS.encode()),
        "zip": (tmp_path / "books.zip").read_bytes(),
    }
    cases = [{**books(b"", path=f"books.csv.{end}"), f"books.csv.{end}": raw} for end, raw in packed.items()]
    found = agrees(tables_of(cases, tmp_path / "package"), tmp_path / "package")
    assert [rows for _, rows in found.values()] == [CELLS] * 4


def test_tab_separated_and_several_files(tmp_path: Path) -> None:
    files = books(b"", path="books.tsv")
    loader = package_of({**files, "books.tsv": ROWS.replace(",", "\t").encode()}, tmp_path / "tabs")
    assert agrees(loader, tmp_path / "tabs")["books"][1] == CELLS
    files = books(ROWS, path=["books.csv", "more.csv", "rest.csv"])
    more = {"more.csv": b"id,title\n3,Rain\n", "rest.csv": b"4,Wind\n"}
    loader = package_of({**files, "books.csv": ROWS.encode(), **more}, tmp_path / "parts")
    assert agrees(loader, tmp_path / "parts")["books"][1] == [*CELLS, ["n:3", "t:Rain"], ["n:4", "t:Wind"]]


def test_columns_by_name_where_the_schema_says_so(tmp_path: Path) -> None:
    cases = {
        "equal": ("title,id\nSalt,1\n", ["n:1", "t:Salt"]),
        "subset": ("id,more,title\n1,x,Salt\n", ["n:1", "t:Salt"]),
        "superset": ("title\nSalt\n", [None, "t:Salt"]),
        "partial": ("more,title\nx,Salt\n", [None, "t:Salt"]),
    }
    loader = tables_of([books(rows, schema={"fieldsMatch": match}) for match, (rows, _) in cases.items()], tmp_path)
    assert [rows for _, rows in agrees(loader, tmp_path).values()] == [[due] for _, due in cases.values()]


def test_tables_without_rows_and_with_one_column(tmp_path: Path) -> None:
    (head, cells), *_ = agrees(package_of(books("id,title\n"), tmp_path / "none"), tmp_path / "none").values()
    assert (head["classes"], cells) == (["numeric", "character"], [])
    kinds: Fields = [
        {"name": kind, "type": kind} for kind in ("string", "date", "datetime", "boolean", "array", "list", "time")
    ]
    kinds.append({"name": "word", "type": "string", "constraints": {"enum": ["a"]}})
    rows = ",".join(one["name"] for one in kinds) + "\n"
    for folder, more in (("empty", ""), ("missing", ",,,,,,,\n")):
        head, cells = agrees(package_of(books(rows + more, kinds), tmp_path / folder), tmp_path / folder)["books"]
        assert head["classes"] == [
            "character", "Date", "POSIXct POSIXt", "logical", "list", "list", "character", "factor",
        ]  # fmt: skip
        assert cells == ([[None] * 8] if more else [])
    lone: Fields = [{"name": "word", "type": "string"}]
    loader = package_of(books('word\na\n""\n\nb\n', lone), tmp_path / "one")
    assert dumped(loader)["books"][1] == [["t:a"], [None], [None], ["t:b"]]


def test_patterns_of_dates_are_those_of_strptime(tmp_path: Path) -> None:
    fields: Fields = [
        {"name": "a", "type": "date", "format": "%d %B %Y"},
        {"name": "b", "type": "date", "format": "%m/%d/%y"},
        {"name": "c", "type": "date", "format": "%Y-%j"},
        {"name": "d", "type": "time", "format": "%I:%M:%S.%f %p"},
        {"name": "e", "type": "datetime", "format": "%a, %e %b %Y %T %z"},
        {"name": "f", "type": "datetime", "format": "%d.%m.%Y %H:%M"},
    ]
    rows = [
        '5 March 2031,3/5/68,2032-366,12:05:09.25 AM,"Wed, 05 Mar 2031 06:07:08 -0330",5.3.2031 6:30',
        '29 february 2032,12/31/69,2031-1,11:59:59.000001 pm,"Thu, 6 Mar 2031 00:00:00 Z",31.12.1969 23:59',
    ]
    loader = package_of(books("a,b,c,d,e,f\n" + "\n".join(rows) + "\n", fields), tmp_path)
    agrees(loader, tmp_path)


def test_a_pattern_that_r_is_not_taught_is_left_as_text(tmp_path: Path) -> None:
    assert pattern_of("any") is None and pattern_of("%G-%V") is None and pattern_of("%d %d") is None
    fields: Fields = [{"name": "day", "type": "date", "format": "any"}]
    assert dumped(package_of(books("day\nMarch 5th 2031\n", fields), tmp_path))["books"][1] == [["t:March 5th 2031"]]


# --- what it stops at ------------------------------------------------------------------------------------------------

TYPED: Fields = [
    {"name": "rig", "type": "string", "constraints": {"enum": ["brig", "sloop"]}},
    {"name": "crew", "type": "integer"},
    {"name": "draught", "type": "number"},
    {"name": "armed", "type": "boolean"},
    {"name": "launched", "type": "date"},
    {"name": "sighted", "type": "datetime"},
    {"name": "watch", "type": "time"},
    {"name": "refit", "type": "year"},
    {"name": "masters", "type": "array"},
    {"name": "counts", "type": "list", "itemType": "integer", "delimiter": ";"},
]
HEADER = ",".join(one["name"] for one in TYPED)
FINE = dict(
    zip(
        (one["name"] for one in TYPED),
        ("brig", "12", "2.5", "true", "1804-05-17", "2031-03-11T06:30:00Z", "06:30:00", "1810", '"[""A""]"', "1;2"),
        strict=True,
    )
)


NO_VALUES = [
    ("rig", "raft", 'no value of the vocabulary: "raft"'),
    ("rig", "Brig", "no value of the vocabulary"),
    ("crew", "12.5", "no whole number"),
    ("crew", "0x1A", "no whole number"),
    ("crew", "1e3", "no whole number"),
    ("draught", '"2,5"', 'no number: "2,5"'),
    ("draught", "0x1p3", "no number"),
    ("draught", "1 000", "no number"),
    ("armed", "yes", "no truth value"),
    ("launched", "1804-02-30", "no day"),
    ("launched", "1804-05-17T00", "no day"),
    ("launched", "1804-5-17", "no day"),
    ("launched", "0000-01-01", "no day"),
    ("sighted", "2031-03-11T06:30Z", "no moment"),
    ("sighted", "2031-03-11 06:30:00Z", "no moment"),
    ("sighted", "2031-02-29T06:30:00Z", "no moment"),
    ("sighted", "2031-03-11T24:00:01Z", "no moment"),
    ("sighted", "9999-12-31T23:59:59-01:00", "no moment"),
    ("watch", "24:00:00", "no time"),
    ("refit", "MDCCCX", "no year"),
    ("refit", "0000", "no year"),
    ("refit", "2147483648", "no year that 32 bits hold"),
    ("refit", "-2147483649", "no year that 32 bits hold"),
    ("masters", r'"[""a\u0000b""]"', "no array that R can hold: an item has a NUL character in it"),
    ("masters", r'"[""\\\\\ud83d""]"', "no array of texts: an item has half of a surrogate pair in it"),
    ("masters", r'"[""\ude00\ud83d""]"', "no array of texts: an item has half of a surrogate pair in it"),
    ("masters", '"[""A"""', "no JSON array"),
    ("masters", '"{""a"": ""b""}"', "no JSON array"),
    ("masters", '"[""a"", ]"', "no JSON array"),
    ("masters", '"[""\\x""]"', "no JSON array"),
    ("counts", "1;x", "no list, for an item is no whole number"),
]


def test_cells_that_are_no_value(tmp_path: Path) -> None:
    good = ",".join(FINE.values())
    bad = [",".join({**FINE, column: cell}.values()) for column, cell, _ in NO_VALUES]
    said = faults_of([books(f"{HEADER}\n{good}\n{one}\n{good}\n", TYPED) for one in [*bad, good]], tmp_path)
    for (column, _, what), fault in zip(NO_VALUES, said, strict=False):
        assert f"/books.csv, row 3, column {column}: {what}" in fault
    assert said[-1] == "PASSED"


NO_TABLES: list[tuple[str | bytes, str]] = [
    ("title,id\nSalt,1\n", 'column 1 is "title", not "id"'),
    ("id\n1\n", 'there is no column "title"'),
    ("id,title,more\n1,Salt,x\n", 'there should be no column "more"'),
    ("id,title,title\n1,Salt,x\n", 'there are several columns "title"'),
    ("id,,\n1,Salt,x\n", 'there is no column "title"; there should be no column ""'),
    ("", "is empty"),
    ("id,title\n1,Salt,x\n", "row 2: has 3 cells, not 2"),
    ("id,title\n1,Salt\n2\n", "row 3: has 1 cell, not 2"),
    ("id,title\n1,Salt\n\n2,Rain\n", "row 3: has 1 cell, not 2"),
    ('id,title\n1,"Salt\n2,Rain\n', "row 2: a quotation mark is never closed"),
    ('id,title\n1,"a\nb"\n2,Salt "and" Sea\n', "row 3: a quotation mark stands in the middle of a cell"),
    ('id,title\n1,"Salt" Sea\n', "row 2: a quotation mark stands in the middle of a cell"),
    (b"id,title\n1,Salt\n2,R\xe9n\n", "row 3: has bytes that are not UTF-8"),
    ("id,title\n1,Sa\0lt\n", "has a NUL character"),
]


def test_files_that_are_not_as_the_schema_says(tmp_path: Path) -> None:
    said = faults_of([books(rows) for rows, _ in NO_TABLES], tmp_path)
    for n, ((_, due), fault) in enumerate(zip(NO_TABLES, said, strict=True)):
        assert f"/{n}/books.csv" in fault
        assert due in fault


def test_the_first_bad_cell_is_named_and_the_others_are_counted(tmp_path: Path) -> None:
    done = run_r(DUMP, package_of(books("id,title\n1,a\nx,b\ny,c\nx,d\n"), tmp_path), folder=tmp_path)
    assert 'row 3, column id: no whole number: "x" (and 2 more)' in done.stderr


def test_a_row_is_counted_in_its_own_file(tmp_path: Path) -> None:
    files = books(ROWS, path=["books.csv", "more.csv"])
    loader = package_of({**files, "books.csv": ROWS.encode(), "more.csv": b"id,title\n3,a\nx,b\n"}, tmp_path)
    assert "/more.csv, row 3, column id" in run_r(DUMP, loader, folder=tmp_path).stderr


def test_tables_that_base_r_cannot_read_say_so(tmp_path: Path) -> None:
    files = books(ROWS)
    descriptor = json.loads(files["datapackage.json"])
    twin = {**descriptor["resources"][0], "name": "more", "path": "more.jsonl"}
    odd = {**descriptor["resources"][0], "name": "odd", "dialect": {"commentChar": "#"}}
    descriptor["resources"] += [twin, odd]
    files |= {"datapackage.json": json.dumps(descriptor).encode(), "more.jsonl": b'{"id": 1, "title": "Salt"}\n'}
    loader = package_of(files, tmp_path)
    done = run_r(DUMP, loader, folder=tmp_path)
    assert done.returncode == 0
    assert "more is left out: is jsonl" in done.stderr and "odd is left out: has comments" in done.stderr
    assert '"books"' in done.stdout and '"more"' not in done.stdout
    alone = run_r("-e", f'source("{loader}"); load_more()', folder=tmp_path)
    assert alone.returncode != 0 and "pkg export" in alone.stderr


# --- the text itself -------------------------------------------------------------------------------------------------


def test_names_of_functions() -> None:
    assert [r_name(name) for name in ("quotes", "my-table", "été", "a b/c")] == ["quotes", "my_table", "_t_", "a_b_c"]


def test_tables_and_columns_of_any_name(tmp_path: Path) -> None:
    fields: Fields = [{"name": 'é "x" \\', "type": "string"}, {"name": "if", "type": "string"}]
    files = books('"é ""x"" \\",if\na,b\n', fields)
    descriptor = json.loads(files["datapackage.json"])
    first = descriptor["resources"][0]
    descriptor["resources"] = [{**first, "name": name} for name in ("all", "tête-à-tête", "t_te___t_te", "if")]
    loader = package_of({**files, "datapackage.json": json.dumps(descriptor).encode()}, tmp_path)
    assert list(dumped(loader, locale="C")) == ["all", "tête-à-tête", "t_te___t_te", "if"]
    code = f'source("{loader}"); cat(sort(ls(pattern = "^load_")), names(load_if())[1] == "\\u00e9 \\"x\\" \\\\", load_all_2()[[1]])'
    assert said_by_r(code, tmp_path, "C").split() == [
        "load_all", "load_all_2", "load_if", "load_t_te___t_te", "load_t_te___t_te_2", "TRUE", "a",
    ]  # fmt: skip


def test_it_is_ascii_and_asks_for_no_package(tmp_path: Path) -> None:
    for text in (
        written(ALLTYPES, tmp_path).read_text(encoding="utf-8"),
        (ROOT / "scripts" / "load.R").read_text("utf-8"),
    ):
        assert text.isascii()
        assert not re.findall(r"\b(?:library|require|requireNamespace|loadNamespace)\(", text)
        assert set(re.findall(r"(\w+)::", text)) <= {"utils"}  # which is part of R itself


def test_where_no_loader_can_be_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no datapackage"):
        loaders(tmp_path, tmp_path)
    descriptor = {"name": "library", "resources": [{"name": "books", "path": "books.pdf"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    with pytest.raises(UsageError, match="no table for which a loader could be made"):
        loaders(tmp_path, tmp_path)


def test_the_r_of_the_guide_prints_what_it_shows() -> None:
    guide = (ROOT / "docs" / "loading.md").read_text(encoding="utf-8").split("\n## In R\n")[1]
    code, shown = (re.findall(rf"^```{kind}\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)[0] for kind in ("r", "text"))
    done = subprocess.run(
        [RSCRIPT or "", "--vanilla", "-e", f"source(exprs = parse(text = {json.dumps(code)}), print.eval = TRUE)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert [line.rstrip() for line in done.stdout.splitlines()] == [line.rstrip() for line in shown.splitlines()]
