"""The SQLite file and its metadata, before Datasette."""

from __future__ import annotations

import html
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

DATASETTE = Path(sys.prefix) / "datasette" / "bin" / "python"
SHOWS = Path(__file__).with_name("datasette_shows.py")


def test_datasette_shows_rows_descriptions_and_facets(exported, shipped):
    database = exported("sqlite", shipped, "news.sqlite").path
    metadata = database.with_name("news.metadata.json")
    done = subprocess.run([DATASETTE, SHOWS, database, metadata, "quotes"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["status"] for one in found.values()] == [200, 200, 200]
    assert shipped.descriptor["title"] in html.unescape(found["home"]["said"])

    resource = next(one for one in shipped.descriptor["resources"] if one["name"] == "quotes")
    schema = json.loads((shipped.root / resource["schema"]).read_text(encoding="utf-8"))
    page = html.unescape(found["page"]["said"])
    assert schema["description"] in page
    speaker = next(one for one in schema["fields"] if one["name"] == "speaker_id")
    assert speaker["title"] in page

    rows = found["rows"]["said"]
    with sqlite3.connect(database) as connection:
        connection.row_factory = sqlite3.Row
        expected = [dict(row) for row in connection.execute("SELECT * FROM quotes")]
    key = schema["primaryKey"][0] if isinstance(schema["primaryKey"], list) else schema["primaryKey"]
    assert sorted(rows["rows"], key=lambda row: row[key]) == sorted(expected, key=lambda row: row[key])
    assert rows["primary_keys"] == [key]
    assert {"kind", "review"} <= rows["facet_results"].keys()
    assert {one["value"] for one in rows["facet_results"]["kind"]["results"]} == {row["kind"] for row in expected}
