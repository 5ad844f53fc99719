"""The forms of catalogues: what is said and what is not, from descriptors of all kinds. `make test-formats` puts them
before their own validators."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from newspkg.export import FORMATS, export
from newspkg.export.meta.facts import facts
from newspkg.export.model import Source
from newspkg.load import load
from newspkg.problems import CannotRun

ROOT = Path(__file__).resolve().parent.parent
META = [name for name, module in FORMATS.items() if module.startswith("meta.")]
FOLDERS = ("huggingface", "bagit")
SCHEMA = {"fields": [{"name": "id", "type": "integer"}, {"name": "text", "type": "string"}]}
TOLD: dict[str, Any] = {
    "name": "ships",
    "title": "Ships",
    "description": "Ships of two harbours with their masts, as they were counted on three days of the year 2024.",
    "created": "2024-03-01",
    "homepage": "https://example.org/ships",
    "licenses": [{"name": "CC-BY-4.0"}],
    "contributors": [{"givenName": "Ilse", "familyName": "Maro", "roles": ["creator"]}],
}


def package(folder: Path, rows: str = "id,text\n1,x\n", schema: Any = None, /, **given: Any) -> Path:
    """A package of one table of ships in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.csv").write_text(rows, encoding="utf-8")
    resource = {"name": "a", "path": "a.csv", "schema": schema or SCHEMA, **given.pop("resource", {})}
    whole = {**TOLD, **given, "resources": [resource]}
    descriptor = {key: value for key, value in whole.items() if value is not None}
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return folder


def made(tmp_path: Path, format: str, **given: Any) -> tuple[dict[str, Any], str]:
    """A document that is JSON, and the notes."""
    root = package(tmp_path / "p", **given)
    done = export(format, root, root / "out.json")
    return json.loads(done.path.read_text(encoding="utf-8")), "\n".join(done.notes)


def told(tmp_path: Path, **given: Any) -> tuple[Any, list[str]]:
    """The facts of a descriptor, and the notes that reading it made."""
    source = Source(load(package(tmp_path / "p", **given)))
    return facts(source), source.notes


# --- all forms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", META)
def test_a_package_that_says_what_is_needed_gives_every_form_and_no_word_of_error(format: str, tmp_path: Path) -> None:
    root = package(tmp_path / "p")
    done = export(format, root, tmp_path / "out")
    assert done.files and all(file.stat().st_size for file in done.files)
    text = b"".join(file.read_bytes() for file in done.files)
    assert str(tmp_path).encode() not in text and str(ROOT).encode() not in text


@pytest.mark.parametrize("format", META)
def test_the_bytes_depend_on_the_package_alone(format: str, tmp_path: Path) -> None:
    one, other = package(tmp_path / "one"), package(tmp_path / "elsewhere" / "other")
    first, second = export(format, one, tmp_path / "1"), export(format, other, tmp_path / "2")
    assert [file.read_bytes() for file in first.files] == [file.read_bytes() for file in second.files]


@pytest.mark.parametrize(
    ("format", "lacking"),
    [
        ("rocrate", ["/title", "/description", "/licenses", "/created"]),
        ("datacite", ["/title", "/contributors", "/created"]),
        ("schemaorg", ["/title", "/description"]),
        ("dcat", ["/title", "/description"]),
        ("cff", ["/title", "/contributors"]),
        ("csvw", ["/title"]),
        ("croissant", ["/title"]),
        ("huggingface", ["/title"]),
    ],
)
def test_all_that_is_lacking_is_named_at_once(format: str, lacking: list[str], tmp_path: Path) -> None:
    root = package(tmp_path / "p", **dict.fromkeys(TOLD))
    with pytest.raises(CannotRun) as caught:
        export(format, root, tmp_path / "out")
    assert [pointer for pointer in lacking if f"{pointer}: " not in str(caught.value)] == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("format", ["csvw", "croissant", "rocrate", "dcat"])
def test_a_document_that_names_files_says_where_it_belongs(format: str, tmp_path: Path) -> None:
    root = package(tmp_path / "p")
    assert any("beside datapackage.json" in note for note in export(format, root, tmp_path / "out").notes)
    assert not any("beside datapackage.json" in note for note in export(format, root, root / "out").notes)


@pytest.mark.parametrize("format", META)
def test_a_zip_will_do(format: str, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "ships"), "zip", package(tmp_path / "p"))
    assert export(format, tmp_path / "ships.zip", tmp_path / "out").files


@pytest.mark.parametrize("format", META)
def test_files_that_are_no_tables_and_odd_names_do_no_harm(format: str, tmp_path: Path) -> None:
    root = package(tmp_path / "p", contributors=[{"title": "A | B <c>\nD", "roles": ["creator"]}])
    given = json.loads((root / "datapackage.json").read_text(encoding="utf-8"))
    (root / "the plan.pdf").write_bytes(b"%PDF")
    (root / "inner folder").mkdir()
    shutil.copy(root / "a.csv", root / "inner folder" / "ä b.csv")
    given["resources"] += [
        {"name": "plan", "path": "the plan.pdf"},
        {"name": "b, c", "path": "inner folder/ä b.csv", "schema": SCHEMA},
        {"name": "here", "data": [{"id": 1, "text": "x"}], "schema": SCHEMA},
        {"name": "parts", "path": ["a.csv", "inner folder/ä b.csv"], "schema": SCHEMA},
    ]
    (root / "datapackage.json").write_text(json.dumps(given), encoding="utf-8")
    done = export(format, root, tmp_path / "out")
    assert done.files
    assert all("\n" not in note for note in done.notes)


# --- facts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"created": "yesterday"}, "/created"),
        ({"keywords": "ships"}, "/keywords"),
        ({"keywords": ["ships", 3]}, "/keywords/1"),
        ({"title": ["Ships"], "name": "ships"}, "/title"),
        ({"homepage": "www.example.org"}, "/homepage"),
        ({"contributors": {"title": "Ilse"}}, "/contributors"),
        ({"contributors": ["Ilse"]}, "/contributors/0"),
        ({"contributors": [{"roles": ["creator"]}]}, "/contributors/0"),
        ({"contributors": [{"title": "Ilse", "roles": "creator"}]}, "/contributors/0/roles"),
        (
            {"contributors": [{"title": "Ilse", "path": "https://orcid.org/0000-0002-1825-0098"}]},
            "/contributors/0/path",
        ),
        ({"contributors": [{"title": "Ilse", "email": "ilse at home"}]}, "/contributors/0/email"),
        ({"licenses": [{"title": "Free"}]}, "/licenses/0"),
        ({"sources": "the book"}, "/sources"),
        ({"resource": {"hash": "sha256:abc"}}, "/resources/0/hash"),
    ],
)
def test_what_has_a_wrong_form_is_left_out_with_a_note(given: dict[str, Any], pointer: str, tmp_path: Path) -> None:
    _, notes = told(tmp_path, **given)
    assert [note.split(":")[0] for note in notes] == [pointer]


@pytest.mark.parametrize(
    ("name", "spdx"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc0-1.0", "CC0-1.0"),
        ("ODC-PDDL-1.0", "PDDL-1.0"),
        ("ODbL-1.0", "ODbL-1.0"),
        ("MIT OR Apache-2.0", ""),
        ("LicenseRef-mine", ""),
        ("free as air", ""),
        ("other-open", ""),
    ],
)
def test_a_licence_is_known_by_the_identifier_of_spdx(name: str, spdx: str, tmp_path: Path) -> None:
    found, _ = told(tmp_path, licenses=[{"name": name}])
    assert found.licences[0].spdx == spdx
    assert found.licences[0].url == (f"https://spdx.org/licenses/{spdx}" if spdx else "")


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-9079-593X"])
def test_an_orcid_makes_a_person(orcid: str, tmp_path: Path) -> None:
    found, notes = told(tmp_path, contributors=[{"title": "Ilse", "path": f"https://orcid.org/{orcid}"}])
    assert found.agents[0].orcid.endswith(orcid) and found.agents[0].person and not notes


def test_an_author_of_version_1_is_a_creator(tmp_path: Path) -> None:
    found, _ = told(
        tmp_path, contributors=[{"title": "Ilse Maro", "role": "author"}, {"title": "Jon", "role": "wrangler"}]
    )
    assert [one.name for one in found.creators] == ["Ilse Maro"]
    assert not found.creators[0].person  # nothing says so, and nothing is guessed


def test_a_moment_is_the_day_that_it_is_in_utc(tmp_path: Path) -> None:
    assert told(tmp_path, created="2024-03-01T01:00:00+02:00")[0].created == "2024-02-29"


# --- single forms -------------------------------------------------------------------------------------------------------


def test_csvw_has_a_format_for_what_is_written_otherwise(tmp_path: Path) -> None:
    fields = [
        {"name": "day", "type": "date", "format": "%d/%m/%Y"},
        {"name": "price", "type": "number", "decimalChar": ",", "groupChar": "."},
        {"name": "sold", "type": "boolean", "trueValues": ["yes"], "falseValues": ["no"]},
        {"name": "tags", "type": "list", "delimiter": ";"},
        {"name": "_odd name", "type": "string", "missingValues": ["-"], "constraints": {"pattern": "[a-z]+"}},
    ]
    rows = 'day;price;sold;tags;_odd name\n29/02/2024;"1.234,5";yes;a|b;x\n'
    root = package(tmp_path / "p", rows, {"fields": fields}, resource={"dialect": {"delimiter": ";"}})
    done = export("csvw", root, root / "out.json")
    table = json.loads(done.path.read_text(encoding="utf-8"))["tables"][0]
    assert table["dialect"] == {"delimiter": ";"}
    columns = table["tableSchema"]["columns"]
    assert columns[0]["datatype"] == {"base": "date", "format": "dd/MM/yyyy"}
    assert columns[1]["datatype"] == {"base": "decimal", "format": {"decimalChar": ",", "groupChar": "."}}
    assert columns[2]["datatype"] == {"base": "boolean", "format": "yes|no"}
    assert columns[3]["separator"] == ";"
    assert columns[4] == {
        "name": "%5Fodd%20name", "titles": "_odd name", "datatype": {"base": "string", "format": "[a-z]+"}, "null": ["-"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "cell", "why"),
    [
        ({"type": "boolean"}, "true\nTRUE", "several words"),
        ({"type": "number", "bareNumber": False}, "95%", "bareNumber"),
        ({"type": "date", "format": "%d %b %Y"}, "29 Feb 2024", "no format like"),
        ({"type": "datetime"}, "2024-01-01T24:00:00Z", "24 o'clock"),
        ({"type": "geopoint"}, '"1, 2"', "no datatype for a geopoint"),
    ],
)
def test_csvw_says_what_it_describes_as_text(field: dict[str, Any], cell: str, why: str, tmp_path: Path) -> None:
    root = package(tmp_path / "p", f"x\n{cell}\n", {"fields": [{"name": "x", **field}]})
    done = export("csvw", root, root / "out.json")
    column = json.loads(done.path.read_text(encoding="utf-8"))["tables"][0]["tableSchema"]["columns"][0]
    assert column["datatype"] == "string"
    assert any("a.x is described as text" in note and why in note for note in done.notes)


def test_csvw_of_a_package_without_csv_is_an_error(tmp_path: Path) -> None:
    root = package(tmp_path / "p", resource={"path": None, "data": [{"id": 1, "text": "x"}]})
    with pytest.raises(CannotRun, match="no table in one"):
        export("csvw", root, tmp_path / "out")


@pytest.mark.parametrize(
    ("field", "cells", "kind"),
    [
        ({"type": "string"}, ["a", "b"], "sc:Text"),
        ({"type": "string", "format": "uri"}, ["https://example.org/"], "sc:URL"),
        ({"type": "integer"}, ["1", "", "-3"], "sc:Integer"),
        ({"type": "integer", "groupChar": "."}, ["1.000"], "sc:Text"),
        ({"type": "number"}, ["1.5", "2"], "sc:Float"),
        ({"type": "number"}, ["1.5", "NaN"], "sc:Text"),
        ({"type": "boolean"}, ["true", "false"], "sc:Boolean"),
        ({"type": "boolean"}, ["true", "0"], "sc:Text"),
        ({"type": "date"}, ["2024-02-29"], "sc:Date"),
        ({"type": "date", "format": "%Y%m%d"}, ["20240229"], "sc:Text"),
        ({"type": "datetime"}, ["2024-02-29T12:00:00Z"], "sc:DateTime"),
        ({"type": "datetime"}, ["2024-02-29T24:00:00Z"], "sc:Text"),
        ({"type": "time"}, ["12:00:00"], "sc:Time"),
        ({"type": "year"}, ["2024"], "sc:Integer"),
        ({"type": "integer", "missingValues": ["-"]}, ["1", "-"], "sc:Text"),
    ],
)
def test_croissant_gives_a_type_where_its_readers_read_it(
    field: dict[str, Any], cells: list[str], kind: str, tmp_path: Path
) -> None:
    rows = "".join(f"{cell},.\n" for cell in ["x", *cells])
    schema = {"fields": [{"name": "x", **field}, {"name": ".", "type": "string"}]}
    root = package(tmp_path / "p", rows, schema)
    done = export("croissant", root, root / "out.json")
    made = json.loads(done.path.read_text(encoding="utf-8"))["recordSet"][0]["field"][0]
    assert made["dataType"] == kind
    plain = field["type"] in ("string",) or kind != "sc:Text"
    assert any("gives as text" in note and "a.x" in note for note in done.notes) is not plain


@pytest.mark.parametrize("cells", [["007"], ["1", ""], ["NA"], ["true"], ["1.50"]])
def test_croissant_says_where_its_readers_guess_wrong(cells: list[str], tmp_path: Path) -> None:
    rows = "".join(f"{cell},.\n" for cell in ["x", *cells])
    root = package(tmp_path / "p", rows, {"fields": [{"name": "x", "type": "string"}, {"name": ".", "type": "string"}]})
    assert any("guess" in note and "a.x" in note for note in export("croissant", root, root / "out.json").notes)


def test_croissant_leaves_out_a_key_that_would_cost_rows_or_close_a_circle(tmp_path: Path) -> None:
    schema = {
        "fields": [{"name": "id", "type": "integer"}, {"name": "of", "type": "integer"}],
        "primaryKey": "id",
        "foreignKeys": [{"fields": "of", "reference": {"resource": "", "fields": "id"}}],
    }
    for rows, why in (("id,of\n1,1\n", "lead back"), ("id,of\n1,1\n2,\n", "with empty cells")):
        root = package(tmp_path / why, rows, schema)
        done = export("croissant", root, root / "out.json")
        fields = json.loads(done.path.read_text(encoding="utf-8"))["recordSet"][0]["field"]
        assert [one["name"] for one in fields] == ["id", "of"] and not any("references" in one for one in fields)
        assert any(why in note and "a.of" in note for note in done.notes)


def test_datacite_asks_for_a_publisher_and_says_that_none_is_known(tmp_path: Path) -> None:
    document, notes = made(tmp_path, "datacite")
    assert document["publisher"] == {"name": "(:unav)"} and "/contributors: DataCite asks for a publisher" in notes
    assert "/id: there is no DOI yet" in notes


def test_datacite_knows_the_words_of_version_1(tmp_path: Path) -> None:
    people = [{"title": name, "role": role} for name, role in (("I", "author"), ("J", "wrangler"), ("K", "publisher"))]
    document, _ = made(tmp_path, "datacite", contributors=people)
    assert document["publisher"] == {"name": "K"}
    assert [(one["name"], one["contributorType"]) for one in document["contributors"]] == [("J", "DataCurator")]


def test_cff_takes_a_licence_that_spdx_does_not_know_by_its_address(tmp_path: Path) -> None:
    root = package(tmp_path / "p", licenses=[{"name": "own", "path": "https://example.org/licence"}])
    document = yaml.safe_load(export("cff", root, tmp_path / "out").path.read_text(encoding="utf-8"))
    assert document["license-url"] == "https://example.org/licence" and "license" not in document


def test_schema_org_says_whom_it_takes_for_an_organisation(tmp_path: Path) -> None:
    document, notes = made(tmp_path, "schemaorg", contributors=[{"title": "Ilse Maro", "roles": ["creator"]}])
    assert document["creator"]["@type"] == "Organization"
    assert "/contributors/0: Ilse Maro is taken for an organisation" in notes


def test_schema_org_tells_of_a_description_that_a_search_engine_will_not_take(tmp_path: Path) -> None:
    assert "/description: has 6 characters" in made(tmp_path, "schemaorg", description="Ships.")[1]


def test_dcat_leads_to_the_page_or_else_to_the_file(tmp_path: Path) -> None:
    with_page = made(tmp_path / "1", "dcat")[0]["dcat:distribution"][0]
    without = made(tmp_path / "2", "dcat", homepage=None)[0]["dcat:distribution"][0]
    assert with_page["dcat:accessURL"] == {"@id": "https://example.org/ships"}
    assert without["dcat:accessURL"] == without["dcat:downloadURL"] == {"@id": "a.csv"}


@pytest.mark.parametrize(
    ("licences", "said"),
    [
        (["CC-BY-4.0"], {"license": "cc-by-4.0"}),
        (["ODC-PDDL-1.0", "MIT"], {"license": ["pddl", "mit"]}),
        (["OGL-UK-3.0"], {"license": "other", "license_name": "ogl-uk-3.0"}),
        (["my own"], {"license": "other", "license_name": "my-own"}),
    ],
)
def test_the_hub_has_its_own_words_for_licences(licences: list[str], said: dict[str, Any], tmp_path: Path) -> None:
    root = package(tmp_path / "p", licenses=[{"name": one} for one in licences])
    card = (export("huggingface", root, tmp_path / "out").path / "README.md").read_text(encoding="utf-8")
    metadata = yaml.safe_load(card.split("---")[1])
    assert said.items() <= metadata.items()


def test_a_table_named_oddly_has_a_configuration_all_the_same(tmp_path: Path) -> None:
    root = package(tmp_path / "p", resource={"name": "a/b: c?"})
    done = export("huggingface", root, tmp_path / "out")
    metadata = yaml.safe_load((done.path / "README.md").read_text(encoding="utf-8").split("---")[1])
    assert metadata["configs"][0]["config_name"] == "a_b_ c_"
    assert (done.path / metadata["configs"][0]["data_files"][0]["path"]).is_file()


def test_a_bag_holds_every_file_that_the_descriptor_names(tmp_path: Path) -> None:
    root = package(tmp_path / "p", licenses=[{"name": "own", "path": "LICENCE.txt"}])
    (root / "LICENCE.txt").write_text("Do as you like.\n", encoding="utf-8")
    (root / "other.txt").write_text("not named\n", encoding="utf-8")
    done = export("bagit", root, tmp_path / "bag")
    inside = {
        str(file.relative_to(done.path / "data")) for file in done.files if "data" in file.relative_to(done.path).parts
    }
    assert inside == {"datapackage.json", "a.csv", "LICENCE.txt"}


def test_a_bag_of_a_package_that_lacks_a_file_is_an_error(tmp_path: Path) -> None:
    root = package(tmp_path / "p", licenses=[{"name": "own", "path": "LICENCE.txt"}])
    with pytest.raises(CannotRun, match=r"/licenses/0/path: LICENCE\.txt is not there"):
        export("bagit", root, tmp_path / "bag")


def test_a_label_of_a_bag_is_one_line(tmp_path: Path) -> None:
    root = package(tmp_path / "p", description="One.\n\nPayload-Oxum: 0.0\n")
    info = (export("bagit", root, tmp_path / "bag").path / "bag-info.txt").read_text(encoding="utf-8")
    assert [line for line in info.splitlines() if line.startswith("Payload-Oxum")] != ["Payload-Oxum: 0.0"]
    assert all(": " in line for line in info.splitlines())
