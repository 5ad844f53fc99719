"""A folder for the Hugging Face Hub: the tables in Parquet, and a dataset card with a configuration for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.export.meta.croissant import citation
from newspkg.export.meta.facts import (
    WANT_DESCRIPTION,
    WANT_LICENCE,
    WANT_TITLE,
    Facts,
    facts,
    filled,
    listed,
    need,
    not_told,
    wish,
)
from newspkg.export.model import Source, exporter
from newspkg.export.tables import file_names
from newspkg.problems import CannotRun
from newspkg.report.words import count
from newspkg.schema import Field, TableSchema

if TYPE_CHECKING:
    import polars as pl

__all__ = ["export_huggingface"]

# What the Hub calls licences, by their identifiers at SPDX; of these the name is not just in lower case.
_OTHERWISE = {
    "AGPL-3.0-only": "agpl-3.0",
    "AGPL-3.0-or-later": "agpl-3.0",
    "C-UDA-1.0": "c-uda",
    "GPL-2.0-only": "gpl-2.0",
    "GPL-2.0-or-later": "gpl-2.0",
    "GPL-3.0-only": "gpl-3.0",
    "GPL-3.0-or-later": "gpl-3.0",
    "LGPL-2.1-only": "lgpl-2.1",
    "LGPL-2.1-or-later": "lgpl-2.1",
    "LGPL-3.0-only": "lgpl-3.0",
    "LGPL-3.0-or-later": "lgpl-3.0",
    "LGPLLR": "lgpl-lr",
    "ODC-By-1.0": "odc-by",
    "ODbL-1.0": "odbl",
    "PDDL-1.0": "pddl",
}
_SAME = frozenset({
    "afl-3.0", "apache-2.0", "artistic-2.0", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear", "bsl-1.0", "cc0-1.0",
    "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0",
    "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0",
    "cc-by-sa-3.0", "cc-by-sa-4.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0", "ecl-2.0",
    "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "isc", "lppl-1.3c", "mit", "mpl-2.0", "ms-pl", "ncsa", "ofl-1.1",
    "osl-3.0", "postgresql", "unlicense", "wtfpl", "zlib",
})  # fmt: skip
_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
    (10**10, "1B<n<10B"),
    (10**11, "10B<n<100B"),
    (10**12, "100B<n<1T"),
)
_BANNED = '<>:/\\|?*"'  # signs that no configuration's name may have


@exporter("huggingface", title="a folder for the Hugging Face Hub: Parquet and a dataset card", folder=True)
def export_huggingface(package: Source, out: Path) -> list[Path]:
    """Writes README.md and data/<table>.parquet. Vocabularies become text; their words are in the card."""
    found = facts(package)
    need("a dataset card", (found.label, *WANT_TITLE))
    wish(package, "a dataset card", (found.description, *WANT_DESCRIPTION), (found.licences, *WANT_LICENCE))
    if not len(package):
        raise CannotRun("A dataset card is about tables, and the package has none.")
    files = file_names(package, ".parquet")
    (out / "data").mkdir()
    rows = {name: _write(package[name], out / "data" / file) for name, file in files.items()}
    if empty := [name for name, n in rows.items() if not n]:
        package.note(f"datasets loads no table without rows: {listed(empty)}.")
    for one in package.descriptor.get("resources") or ():
        if isinstance(one, dict) and one.get("name") not in files:
            package.note(f"{one.get('name') or 'a resource without a name'} is no table, and is left out.")
    schemas = {name: package.schema(name) for name in package}
    lost = {
        "keys": [name for name, one in schemas.items() if one.primary_key or one.foreign_keys or one.unique_keys],
        "hashes": ["/resources"] if any(file.hashes for file in found.files) else [],
    }
    not_told(package, "The metadata of a dataset card", {thing: places for thing, places in lost.items() if places})
    card = out / "README.md"
    card.write_text(_card(package, found, schemas, files, rows), encoding="utf-8", newline="\n")
    return [card, *(out / "data" / file for file in files.values())]


def _write(frame: pl.LazyFrame, path: Path) -> int:
    import polars as pl
    import polars.selectors as cs

    plain = frame.with_columns(cs.enum().cast(pl.String), cs.categorical().cast(pl.String))
    plain.sink_parquet(path, compression="zstd", maintain_order=True)
    return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())


# --- the card --------------------------------------------------------------------------------------------------------


def _card(
    package: Source, found: Facts, schemas: dict[str, TableSchema], files: dict[str, str], rows: dict[str, int]
) -> str:
    import yaml

    metadata = filled(
        pretty_name=found.label,
        **_licence(package, found),
        tags=list(dict.fromkeys(found.keywords)),
        size_categories=[next((name for most, name in _SIZES if sum(rows.values()) < most), "n>1T")],
        configs=[
            {"config_name": name, "data_files": [{"split": "train", "path": f"data/{files[table]}"}]}
            for table, name in _configs(files).items()
        ],
    )
    metadata["configs"][0]["default"] = True
    front = yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True, width=110)
    body = "\n".join(_body(found, schemas, _configs(files), rows))
    return f"---\n{front}---\n\n{body}\n"


def _configs(files: dict[str, str]) -> dict[str, str]:
    """The name of each table's configuration."""
    made: dict[str, str] = {}
    for table in files:
        name = "".join("_" if sign in _BANNED else sign for sign in table)
        made[table] = name if name not in made.values() else files[table].removesuffix(".parquet")
    return made


def _licence(package: Source, found: Facts) -> dict[str, Any]:
    """The licences as the Hub calls them; of one that it does not know, the name and the address."""
    if not found.licences:
        return {}
    names = [_hub(one.spdx) for one in found.licences]
    if "other" not in names:
        return {"license": names[0] if len(names) == 1 else names}
    unknown = next(one for one, name in zip(found.licences, names, strict=True) if name == "other")
    package.note(f"{unknown.pointer}: the Hub has no word for {unknown.label}; the card says other, with its name.")
    return {
        "license": names[0] if len(names) == 1 else list(dict.fromkeys(names)),
        "license_name": (unknown.spdx or unknown.name or unknown.label).lower().replace(" ", "-"),
        **filled(license_link=unknown.url),
    }


def _hub(spdx: str) -> str:
    name = _OTHERWISE.get(spdx, spdx.lower())
    return name if name in _SAME or spdx in _OTHERWISE else "other"


def _body(
    found: Facts, schemas: dict[str, TableSchema], configs: dict[str, str], rows: dict[str, int]
) -> Iterator[str]:
    yield f"# {_plain(found.label)}"
    about = [f"Version {found.version}." if found.version else "", f"Made on {found.created}." if found.created else ""]
    yield from _block(" ".join(part for part in about if part))
    yield from _block(found.description)
    yield from _block("\n".join(f"<{url}>" for url in (found.homepage, found.doi_url) if url))
    yield from ("", "```python", "from datasets import load_dataset", "")
    table, name = next(iter(configs.items()))
    yield f'{_variable(table)} = load_dataset("<this repository>", "{name}")["train"]'
    yield "```"
    files = {file.resource: file for file in found.files}
    for name, schema in schemas.items():
        yield from ("", f"## {_plain(configs[name])}")
        file = files.get(name)
        said = (file.description if file else "") or schema.description
        yield from _block(said)
        yield from _block(f"{count(rows[name], 'row')}." + _keys(schema))
        yield from ("", "| field | type | what it is |", "|---|---|---|")
        for one in schema.fields:
            yield f"| {_plain(one.name)} | {_plain(one.type)} | {_plain(_meaning(one))} |"
    yield from _list("Who made it", [_who(one) for one in found.agents])
    yield from _list("Sources", [": ".join(p for p in (one.title, one.url) if p) for one in found.sources])
    line = citation(found)
    yield from ("", "## Citation", "", _plain(line)) if line else ()


def _block(text: str) -> Iterator[str]:
    yield from ("", text) if text else ()


def _list(title: str, lines: list[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "", *(f"- {_plain(line)}" for line in lines)) if lines else ()


def _who(one: Any) -> str:
    parts = [one.name, one.organization, ", ".join(one.roles), one.orcid or one.ror or one.url]
    return "; ".join(part for part in parts if part)


def _meaning(one: Field) -> str:
    words = one.constraints.get("enum") or [value for value, _ in one.categories]
    labels = dict(one.categories)
    listing = ", ".join(f"{word} ({labels[word]})" if labels.get(word, str(word)) != str(word) else str(word)
                        for word in words)  # fmt: skip
    said = one.description or one.title
    parts = [f"{said.rstrip('.')}." if words and said else said, f"One of: {listing}." if words else ""]
    return " ".join(part for part in parts if part)


def _keys(schema: TableSchema) -> str:
    made = f" Key: {', '.join(schema.primary_key)}." if schema.primary_key else ""
    for key in schema.foreign_keys:
        made += f" {', '.join(key.fields)} refers to {key.resource or schema.name} ({', '.join(key.reference_fields)})."
    return made


def _variable(name: str) -> str:
    return name if name.isidentifier() else "table"


def _plain(text: str) -> str:
    """Text on one line that means nothing to Markdown's tables."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "\\<")
