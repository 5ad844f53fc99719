"""Opens a database as Datasette does, with its metadata, and prints what a visitor is shown, as JSON.

python datasette_shows.py DATABASE METADATA TABLE
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from datasette.app import Datasette


async def shown(database, metadata, table):
    site = Datasette([database], metadata=json.loads(Path(metadata).read_text(encoding="utf-8")))
    await site.invoke_startup()
    name = Path(database).stem
    found = {}
    for key, address in {
        "home": "/",
        "page": f"/{name}/{table}",
        "rows": f"/{name}/{table}.json?_shape=objects&_size=max",
    }.items():
        answer = await site.client.get(address)
        found[key] = {"status": answer.status_code, "said": answer.json() if key == "rows" else answer.text}
    return found


sys.stdout.write(json.dumps(asyncio.run(shown(*sys.argv[1:]))))
