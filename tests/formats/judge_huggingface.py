"""The folder for the Hugging Face Hub: its card in huggingface_hub, its configurations in datasets."""

from __future__ import annotations

import re

import pytest
from datasets import get_dataset_config_names, load_dataset
from huggingface_hub import DatasetCard
from values import plain


@pytest.mark.parametrize("which", ["shipped", "alltypes"])
def test_each_configuration_loads_with_the_values_of_the_package(which, request, exported, values, caches):
    package = request.getfixturevalue(which)
    folder = exported("huggingface", package).path
    expected = values(package)
    assert get_dataset_config_names(str(folder)) == list(expected)
    for name, columns in expected.items():
        table = load_dataset(str(folder), name, split="train")
        assert table.column_names == list(columns)
        for column, want in columns.items():
            assert [plain(one) for one in table[column]] == want, f"{name}.{column}"


def test_the_card_says_what_the_package_says(exported, alltypes):
    card = DatasetCard.load(exported("huggingface", alltypes).path / "README.md")
    data = card.data.to_dict()
    assert data["pretty_name"] == "Ships & their „masts“"
    assert data["license"] == "pddl" and data["size_categories"] == ["n<1K"]
    assert data["tags"] == ["ships", "harbours", "Größe"]
    assert [one["config_name"] for one in data["configs"]] == ["every", "formats", "notes"]
    for said in ("Ilse Maro", "The harbours' book", "10.5555/ships.2024", "| clock | time |", "Maro, Ilse (2024)"):
        assert said in card.text


def test_the_shipped_card_has_the_hubs_word_for_the_licence(exported, shipped):
    made = exported("huggingface", shipped)
    data = DatasetCard.load(made.path / "README.md").data
    assert data.license == "cc-by-4.0"
    assert re.fullmatch(r"(n<1K|1K<n<10K)", data.size_categories[0])
