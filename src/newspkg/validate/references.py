"""Foreign keys between the tables of a package: does each lead to a resource and a field that are there?"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newspkg.report import cut

if TYPE_CHECKING:
    from newspkg.validate.descriptor import Resource

__all__ = ["check_references"]


def check_references(resources: Sequence[Resource], say: Callable[..., Any], leave: Callable[..., None]) -> None:
    """Tells of foreign keys that lead nowhere, and takes them out of the schemas; `leave` notes those that lead out of
    the package."""
    by_name = {r.name: r for r in resources}
    for one in resources:
        if one.schema is None:
            continue
        file = None if one.schema.path == Path() else str(one.schema.path)
        base = "" if file else f"{one.pointer}/schema"
        kept = []
        for key in one.schema.foreign_keys:
            if key.package:
                what = f"the foreign key {' + '.join(key.fields)} -> {key.resource or one.name}"
                leave(what, f"it refers to another package, {cut(key.package)}, which is not read", one.name)
                continue
            target, fault = by_name.get(key.resource) if key.resource else one, None
            pointer = f"{base}{key.pointer}/reference"
            if key.resource and target is one:
                said = "names its own table; a reference within a table leaves the resource out"
                more = {"resource": one.name, "file": file, "severity": "warning"}
                say("schema-key", f"{pointer}/resource", said, **more)
            if target is None:
                near = difflib.get_close_matches(key.resource, by_name, 1)
                fault = f"there is no resource {cut(key.resource)!r}{f'; did you mean {near[0]}?' if near else ''}"
            elif target.schema is not None:
                missing = [f for f in key.reference_fields if f not in target.schema.names]
                fault = f"{target.name} has no field {cut(', '.join(missing))}" if missing else None
            if fault is None:
                kept.append(key)
            else:
                say("schema-key", pointer, f"leads nowhere: {fault}", resource=one.name, file=file)
        one.schema = replace(one.schema, foreign_keys=tuple(kept))
