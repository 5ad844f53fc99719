"""The private copy: the words of every span, filled back in from the reader's own articles.

The published package holds spans and hashes; who has the articles can have the words. Each text is recognised by its
SHA-256, whatever its file is called, so a span is filled from the very text it was taken from or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from newspkg.ids import LETTERS, document_id
from newspkg.package import BLOCK, DESCRIPTOR, PRIVATE, describe, swap_in, workspace, write_descriptor
from newspkg.problems import CannotRun, Problem, UsageError, problem
from newspkg.schema import TableSchema, house_schemas, read_schema
from newspkg.source import read
from newspkg.tables import ORDER, read_csv_rows, to_frame, write_table

__all__ = ["SURFACE", "hydrate"]

SURFACE = {
    "name": "hydrated_surface",
    "title": "Words of the span",
    "type": "string",
    "description": "The words from start to end, from the reader's own text; empty where that was not at hand.",
    "example": "the border was open",
}


def _extended(path: Path) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    schema["fields"] = [*schema["fields"], SURFACE]
    return schema


def hydrate(texts: Sequence[Path], package: Path, out: Path) -> tuple[int, list[Problem]]:
    """Writes to `out` a copy of the package whose span tables end with the words of each span.

    Returns how many spans were filled, and a problem for each document whose text was not among `texts` (its rows
    stay, without words) and for each text that could not be read. Raises UsageError where `package` is no package of
    this profile or `out` is the package itself, CannotRun where `out` cannot be written.
    """
    root = package.parent if package.name == DESCRIPTOR else package
    inside = [root, root / "data", root / "schemas"]
    if any(out.resolve() == one.resolve() for one in inside) or (root / "data").resolve() in out.resolve().parents:
        raise UsageError(f"{out}: the private copy must not overwrite the package; name another folder with --out.")
    file = root / DESCRIPTOR
    if not file.is_file() or not (root / "data" / "documents.csv").is_file():
        raise UsageError(f"{root}: no package made by pkg build is there; name its folder with --package.")
    try:
        descriptor = json.loads(file.read_text(encoding="utf-8"))
        stated = [resource["name"] for resource in descriptor["resources"]]
        block = dict(descriptor.get(BLOCK, {}))
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise CannotRun(f"{file}: cannot be used; pkg validate {root} says what is wrong with it.") from error
    documents = read_csv_rows(root / "data" / "documents.csv", house_schemas()["documents"])
    wanted = {row["document_id"] for row in documents}

    problems: list[Problem] = []
    at_hand: dict[str, str] = {}
    for item in read(texts, known={}):
        if isinstance(item, Problem):
            problems.append(item)
        elif document_id(item.sha256) in wanted:
            at_hand[document_id(item.sha256)] = item.text
    for row in documents:
        if row["document_id"] not in at_hand:
            message = (
                f"{row['source_file']}: no text given has the SHA-256 {row['text_sha256'][:16]}..., "
                "so its spans stay empty. Give the file it was built from, unchanged."
            )
            problems.append(
                problem(
                    "hydrate-text-missing",
                    message,
                    resource="documents",
                    value=row["document_id"],
                    path=row["source_file"],
                )
            )

    filled = 0
    with workspace(out, ORDER, private=True) as new:
        (new / "data").mkdir()
        (new / "schemas").mkdir()
        schemas: list[TableSchema] = []
        frames = {}
        for table in (one for one in ORDER if one in stated):  # an older package has fewer
            house = house_schemas()[table]
            rows = read_csv_rows(root / "data" / f"{table}.csv", house)
            target = new / "schemas" / f"{table}.json"
            if table in LETTERS:
                target.write_text(
                    json.dumps(_extended(house.path), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
                )
                for row in rows:
                    text = at_hand.get(row["document_id"])
                    row[SURFACE["name"]] = None if text is None else text[row["start"] : row["end"]]
                    filled += text is not None
            else:
                target.write_bytes(house.path.read_bytes())
            schema = read_schema(target)
            schemas.append(schema)
            frames[table] = to_frame(schema, rows)
            write_table(frames[table], new / "data" / f"{table}.csv")
        template = {k: v for k, v in descriptor.items() if k not in ("resources", "$schema", "sources")}
        name = str(template.get("name", root.resolve().name))
        template["name"] = f"{name}-hydrated"
        template["title"] = f"{template.get('title', name)} (private copy with the words of the texts)"
        template[BLOCK] = {**block, PRIVATE: True}
        rules = str(dict(block.get("provenance", {})).get("rules", ""))
        write_descriptor(describe(template, new, schemas, frames, rules), new, out / DESCRIPTOR)
        swap_in(new, out)
    return filled, problems
