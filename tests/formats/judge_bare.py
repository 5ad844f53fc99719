"""A package that says nothing of itself: a clear error where a format needs more, notes where it can do without."""

from __future__ import annotations

import pytest

LACKING = {
    "rocrate": ["/title", "/description", "/licenses", "/created"],
    "datacite": ["/title", "/contributors", "/created"],
    "schemaorg": ["/title", "/description"],
    "dcat": ["/title", "/description"],
    "cff": ["/title", "/contributors"],
    "csvw": ["/title"],
    "croissant": ["/title"],
    "huggingface": ["/title"],
}


@pytest.mark.parametrize("format", LACKING)
def test_what_is_lacking_is_named_and_nothing_is_written(format, pkg, bare, tmp_path):
    done = pkg("export", format, "--package", bare.root, "-o", tmp_path / "out")
    assert done.returncode == 3
    assert all(f"{pointer}: " in done.stderr for pointer in LACKING[format])
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_bag_needs_no_words(pkg, bare, tmp_path):
    import bagit

    done = pkg("export", "bagit", "--package", bare.root, "-o", tmp_path / "bag")
    assert done.returncode == 0 and "/created: the bag has no Bagging-Date" in done.stderr
    bagit.Bag(str(tmp_path / "bag")).validate()
