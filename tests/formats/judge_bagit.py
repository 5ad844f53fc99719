"""BagIt, before the library bagit: folder and zip."""

from __future__ import annotations

import shutil
import zipfile

import bagit
import pytest


@pytest.mark.parametrize("which", ["shipped", "alltypes"])
def test_the_bag_is_valid_and_its_payload_is_the_package(which, request, exported, pkg):
    package = request.getfixturevalue(which)
    made = exported("bagit", package).path
    bag = bagit.Bag(str(made))
    bag.validate(completeness_only=False)
    assert sorted(bag.algorithms) == ["sha256", "sha512"]
    wanted = {"datapackage.json"} | {one[key] for one in package.descriptor["resources"] for key in ("path", "schema")}
    assert {path.removeprefix("data/") for path in bag.payload_files()} == wanted
    for path in wanted:
        assert (made / "data" / path).read_bytes() == (package.root / path).read_bytes()
    assert pkg("validate", made / "data").returncode == pkg("validate", package.root).returncode


def test_the_bag_tells_whose_it_is(exported, alltypes):
    info = bagit.Bag(str(exported("bagit", alltypes).path)).info
    assert info["Contact-Name"] == "Ilse Maro" and info["Contact-Email"] == "ilse@example.org"
    assert info["Source-Organization"] == "Institute of Ships" and info["Bagging-Date"] == "2024-03-01"
    assert info["External-Identifier"] == "https://doi.org/10.5555/ships.2024"


def test_a_changed_file_is_condemned(exported, alltypes, tmp_path):
    shutil.copytree(exported("bagit", alltypes).path, tmp_path / "bag")
    (tmp_path / "bag/data/data/notes.csv").write_text("changed\n", encoding="utf-8")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(tmp_path / "bag")).validate()


def test_the_zip_holds_the_same_bag(exported, alltypes, tmp_path):
    with zipfile.ZipFile(exported("bagit-zip", alltypes).path) as archive:
        archive.extractall(tmp_path)
    bagit.Bag(str(tmp_path / "alltypes")).validate()
    folder = exported("bagit", alltypes).path
    there = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert {
        str(p.relative_to(tmp_path / "alltypes")) for p in (tmp_path / "alltypes").rglob("*") if p.is_file()
    } == there
