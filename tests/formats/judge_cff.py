"""CITATION.cff, before cffconvert, and beside the repository's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

CFFCONVERT = Path(sys.prefix) / "cff" / "bin" / "cffconvert"
OWN = Path(__file__).resolve().parents[2] / "CITATION.cff"


def convert(path, *options):
    return subprocess.run([CFFCONVERT, *options, "-i", path], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("which", ["shipped", "alltypes"])
def test_cffconvert_takes_it(which, request, exported):
    path = exported("cff", request.getfixturevalue(which), "CITATION.cff").path
    done = convert(path, "--validate")
    assert done.returncode == 0, done.stderr + done.stdout
    assert convert(path, "-f", "apalike").stdout.strip()


def test_cffconvert_condemns_what_it_should(exported, alltypes, tmp_path):
    text = exported("cff", alltypes, "CITATION.cff").path.read_text(encoding="utf-8")
    (tmp_path / "CITATION.cff").write_text(text.replace("license: PDDL-1.0", "license: Public"), encoding="utf-8")
    assert convert(tmp_path / "CITATION.cff", "--validate").returncode != 0


def test_who_and_what_is_there(exported, alltypes):
    made = yaml.safe_load(exported("cff", alltypes, "CITATION.cff").path.read_text(encoding="utf-8"))
    assert made["authors"] == [{
        "given-names": "Ilse", "family-names": "Maro", "affiliation": "Institute of Ships",
        "email": "ilse@example.org", "orcid": "https://orcid.org/0000-0002-1825-0097",
    }]  # fmt: skip
    assert made["type"] == "dataset" and made["doi"] == "10.5555/ships.2024" and made["license"] == "PDDL-1.0"
    assert str(made["date-released"]) == "2024-03-01" and made["keywords"] == ["ships", "harbours", "Größe"]


def test_it_agrees_with_the_one_of_the_repository(exported, shipped):
    """What both say is the same. The repository's own also speaks of the toolkit: its title and message are longer,
    its keywords fewer, and it has no abstract."""
    ours = yaml.safe_load(exported("cff", shipped, "CITATION.cff").path.read_text(encoding="utf-8"))
    own = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    differing = {key for key in ours.keys() | own.keys() if ours.get(key) != own.get(key)}
    assert differing <= {"title", "message", "keywords", "abstract"}
    assert own["title"].startswith(ours["title"])
