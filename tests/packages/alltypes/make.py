"""Writes the package of this folder: every field type, most of their properties, and texts that loaders stumble over.

    python tests/packages/alltypes/make.py

`every` has a column for each type as the standard's defaults have it, `formats` the same types written in other ways,
`notes` refers to `every` twice. `tests/test_load.py` fails where what lies here is not what this file writes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

Cells = tuple[str, ...]

# --- every: one column a type ----------------------------------------------------------------------------------------

KINDS = ["schooner", "brig", "full-rigged ship", "Ketsch „groß“", 'a "quoted" rig']

EVERY: list[tuple[dict[str, Any], Cells]] = [
    ({"name": "id", "type": "string", "constraints": {"required": True, "unique": True}},
     ("a1", "a2", "a3", "a4", "a5", "NA")),
    ({"name": "text", "type": "string"},
     ("plain", 'two\nlines, "quoted", and a comma', "Ξένος 東京 👩‍🚀 é e\u0301", " padded ", "null", "")),
    ({"name": "email", "type": "string", "format": "email"},
     ("a.b@example.org", "", "x@example.com", "", "", "")),
    ({"name": "kind", "type": "string", "constraints": {"enum": KINDS}},
     ("brig", "Ketsch „groß“", 'a "quoted" rig', "schooner", "", "brig")),
    ({"name": "grade", "type": "string", "categories": [{"value": "lo", "label": "Low"}, {"value": "mid", "label": "Middling"},
      {"value": "hi", "label": "High"}], "categoriesOrdered": True},
     ("hi", "lo", "mid", "", "hi", "lo")),
    ({"name": "whole", "type": "integer"},
     ("0", "-17", "+42", "007", "", "2147483648")),
    ({"name": "big", "type": "integer"},
     ("9007199254740993", "-9223372036854775808", "9223372036854775807", "1", "", "-1")),
    ({"name": "huge", "type": "integer", "constraints": {"minimum": -(10**30), "maximum": 10**30}},
     ("123456789012345678901234567890", "-9223372036854775809", "0012", "+5", "", "0")),
    ({"name": "number", "type": "number"},
     ("1.5", "-0.25", "6.02E23", "NaN", "INF", "")),
    ({"name": "truth", "type": "boolean"},
     ("true", "false", "1", "0", "TRUE", "")),
    ({"name": "day", "type": "date"},
     ("2024-02-29", "1000-01-01", "9999-12-31", "0001-01-01", "", "1899-12-31")),
    ({"name": "clock", "type": "time"},
     ("00:00:00", "23:59:59", "12:30:00", "", "", "06:07:08")),
    ({"name": "moment", "type": "datetime"},
     ("2024-02-29T23:59:59Z", "2024-03-01T01:30:00+02:00", "2024-02-29T12:00:00.123456Z", "2024-02-29T12:00:00",
      "1969-12-31T24:00:00Z", "")),
    ({"name": "year", "type": "year"},
     ("2024", "0001", "-0044", "12024", "", "1999Z")),
    ({"name": "month", "type": "yearmonth"},
     ("2024-02", "0001-12", "-0044-03", "2024-02Z", "", "1999-11")),
    ({"name": "span", "type": "duration"},
     ("P1Y2M3DT4H5M6.7S", "-P30D", "PT0S", "P12M", "", "PT36H")),
    ({"name": "items", "type": "array"},
     ('["a", "b"]', "[]", '["é\\u00e9", "\\ud83d\\ude80", "a \\"b\\"", "line\\nend", "back\\\\slash", ""]', '["NA", "null"]', "",
      '[1, 2.5, true, null, "x", {"k": [1]}]')),
    ({"name": "counts", "type": "array", "constraints": {"jsonSchema": {"items": {"type": "integer"}}}},
     ("[1, 2, 3]", "[]", "[-9007199254740993]", "", "", "[0]")),
    ({"name": "tags", "type": "list"},
     ("a,b,c", "one", "é, ü", ",", "", "x,")),
    ({"name": "object", "type": "object"},
     ('{"a": 1}', '{"é": ["x", {"y": null}]}', "{}", "", "", '{"line": "a\\nb"}')),
    ({"name": "point", "type": "geopoint"},
     ("90.50, 45.50", "-180,-90", "0, 0", "", "", "12.5,41.9")),
    ({"name": "shape", "type": "geojson"},
     ('{"type": "Point", "coordinates": [1, 2]}', "", "", "", "", '{"type": "LineString", "coordinates": [[0, 0], [1, 1]]}')),
    ({"name": "any", "type": "any"},
     ("12", "text", "true", "[1]", "", "2024-01-01")),
]  # fmt: skip

# --- formats: the same types, written otherwise ----------------------------------------------------------------------

FORMATS: list[tuple[dict[str, Any], Cells]] = [
    ({"name": "row", "type": "integer", "constraints": {"required": True}},
     ("1", "2", "3", "4")),
    ({"name": "money", "type": "number", "decimalChar": ",", "groupChar": "."},
     ("1.234.567,89", "-0,5", "12", "-")),
    ({"name": "share", "type": "number", "bareNumber": False},
     ("95%", "€ -1.5", "12", "-")),
    ({"name": "people", "type": "integer", "groupChar": " "},
     ("1 234 567", "-8", "-", "")),
    ({"name": "price", "type": "integer", "bareNumber": False},
     ("-$12", "7 EUR", "3", "-")),
    ({"name": "answer", "type": "boolean", "trueValues": ["yes", "y"], "falseValues": ["no"]},
     ("yes", "no", "y", "-")),
    ({"name": "dated", "type": "date", "format": "%d/%m/%Y"},
     ("29/02/2024", "01/12/1999", "-", "")),
    ({"name": "timed", "type": "time", "format": "%H:%M"},
     ("07:45", "23:00", "-", "00:00")),
    ({"name": "stamped", "type": "datetime", "format": "%Y-%m-%d %H:%M:%S%z"},
     ("2024-02-29 23:00:00+0200", "1970-01-01 00:00:00+0000", "-", "2024-02-29 23:00:00-0330")),
    ({"name": "level", "type": "integer", "categories": [{"value": 1, "label": "low"}, {"value": 3, "label": "high"}]},
     ("3", "1", "-", "1")),
    ({"name": "letter", "type": "string", "constraints": {"enum": ["b", "a", "-"]}},
     ("a", "b", "-", "a")),
    ({"name": "code", "type": "string", "missingValues": ["n/a", "?"]},
     ("-", "n/a", "", "?")),
    ({"name": "days", "type": "list", "delimiter": ";", "itemType": "date"},
     ("2024-01-01;2024-12-31", "1999-09-09", "-", "")),
    ({"name": "primes", "type": "list", "itemType": "integer"},
     ("2,3,5", "7", "-", "11,13")),
    ({"name": "flags", "type": "list", "delimiter": "|", "itemType": "boolean"},
     ("true|false", "1", "-", "0|0|1")),
    ({"name": "weights", "type": "list", "itemType": "number"},
     ("1.5,2", "-1e3", "-", "0")),
    ({"name": "place", "type": "geopoint", "format": "array"},
     ("[90.5, 45.5]", "-", "", "[0, 0]")),
]  # fmt: skip

NOTES: list[tuple[dict[str, Any], Cells]] = [
    ({"name": "note_id", "type": "string", "constraints": {"required": True}}, ("n1", "n2", "n3")),
    ({"name": "of", "type": "string"}, ("a1", "a3", "")),
    ({"name": "against", "type": "string"}, ("", "a2", "NA")),
    ({"name": "text", "type": "string"}, ("first", "second", "third")),
]  # fmt: skip

REFERS = {"reference": {"resource": "every", "fields": ["id"]}}
TABLES: dict[str, tuple[list[tuple[dict[str, Any], Cells]], dict[str, Any]]] = {
    "every": (EVERY, {"primaryKey": ["id"]}),
    "formats": (FORMATS, {"primaryKey": ["row"], "missingValues": ["", "-"]}),
    "notes": (
        NOTES,
        {"primaryKey": ["note_id"], "foreignKeys": [{"fields": ["of"], **REFERS}, {"fields": ["against"], **REFERS}]},
    ),
}


def files() -> dict[str, bytes]:
    """The package, file by file."""
    made: dict[str, bytes] = {}
    resources = []
    for name, (columns, more) in TABLES.items():
        written = io.StringIO(newline="")
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow([field["name"] for field, _ in columns])
        writer.writerows(zip(*(cells for _, cells in columns), strict=True))
        raw = made[f"data/{name}.csv"] = written.getvalue().encode()
        made[f"schemas/{name}.json"] = _json({"name": name, "fields": [field for field, _ in columns], **more})
        resources.append(
            {
                "name": name,
                "path": f"data/{name}.csv",
                "type": "table",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "bytes": len(raw),
                "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
                "rows": len(columns[0][1]),
                "schema": f"schemas/{name}.json",
            }
        )
    made["datapackage.json"] = _json(
        {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "alltypes",
            "title": "Every field type",
            "resources": resources,
        }
    )
    return made


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


if __name__ == "__main__":
    for name, raw in files().items():
        path = HERE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
