"""Files: their bytes and hash, and the reader that fits a table's format.

`open_table` is the seam: it gives a header, a width and a reader, and nothing behind it knows where records come from.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Sequence
from pathlib import Path

from newspkg.problems import problem
from newspkg.report import Findings, cut, figure
from newspkg.validate.delimited import Delimited
from newspkg.validate.descriptor import Dialect, Resource
from newspkg.validate.packed import Scratch, at_hand
from newspkg.validate.properties import open_plain
from newspkg.validate.records import Opened, Record, header_columns

__all__ = ["check_files", "open_table"]

_BLOCK = 1 << 20
_HEX = {  # hexadecimal digits, of algorithms that are there everywhere
    "md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128,
    "sha3_224": 56, "sha3_256": 64, "sha3_384": 96, "sha3_512": 128, "blake2b": 128, "blake2s": 64,
}  # fmt: skip
_KNOWN = {name.replace("_", ""): name for name in _HEX}  # sha3-256, SHA3_256 and sha3256 are one


# --- bytes and hash --------------------------------------------------------------------------------------------------


def check_files(root: Path, resource: Resource, findings: Findings) -> bool:
    """Whether every file of a resource is there and can be read; says what its size and hash are if they are not as
    stated. Several files count as one, in their order."""
    algorithm, _, digest = (resource.hash or "").rpartition(":")
    algorithm = algorithm or "md5"
    algorithm = _KNOWN.get(algorithm.lower().replace("-", "").replace("_", ""), algorithm)
    hasher = None
    if resource.hash:
        if algorithm not in _HEX:
            findings.leave("its hash", f"the algorithm {cut(algorithm)} is not known here", resource.name)
        elif len(digest) != _HEX[algorithm]:
            stated, digits = cut(resource.hash), _HEX[algorithm]
            message = f"the hash {stated!r} is not the {digits} hexadecimal digits of {algorithm.upper()}."
            findings.add(
                problem(
                    "resource-error",
                    message,
                    resource=resource.name,
                    field=f"{resource.pointer}/hash",
                    value=stated,
                )
            )
        else:
            hasher = hashlib.new(algorithm, usedforsecurity=False)
    size = 0
    for path in resource.paths:
        try:
            with open_plain(root / path) as file:
                if hasher is None and resource.bytes is None:
                    continue
                while block := file.read(_BLOCK):
                    size += len(block)
                    if hasher:
                        hasher.update(block)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            findings.add(
                problem(
                    "file-missing", f"{path}: cannot be read ({reason}).", resource=resource.name, value=path, path=path
                )
            )
            return False
    if not resource.paths:
        if hasher or resource.bytes is not None:
            findings.leave(
                "its hash and bytes", "data that stands in the descriptor has no bytes of its own", resource.name
            )
        return True
    if resource.bytes is not None and size != resource.bytes:
        message = f"the descriptor states {figure(resource.bytes)} bytes, the file has {size:,}."
        findings.add(problem("byte-count", message, resource=resource.name, value=str(size), path=resource.paths[0]))
    if hasher and hasher.hexdigest() != digest.lower():
        message = f"the descriptor states {algorithm}:{digest.lower()}, the file has {hasher.hexdigest()}."
        findings.add(
            problem("hash-count", message, resource=resource.name, value=hasher.hexdigest(), path=resource.paths[0])
        )
    return True


# --- opening a table -------------------------------------------------------------------------------------------------


def open_table(
    root: Path, resource: Resource, findings: Findings, scratch: Scratch, *, slow: bool = False
) -> Opened | None:
    """The header and the reader of a resource; None, with a finding, where there is nothing to read.

    Reading is lazy: faults of encoding come up while the chunks are drawn. `slow` is for a table of which the fast
    reader has said that it cannot read it.
    """
    dialect = resource.dialect
    if dialect is None or not resource.encoding:
        return None
    files: list[tuple[str, Path]] = []
    for path in resource.paths:
        ready = at_hand(root, resource, path, scratch, findings)
        if ready is None:
            return None
        files.append((path, ready))
    if resource.format in ("csv", "tsv"):
        _detected(files, resource)
        _marked(files, resource, findings)
        reader = Delimited(files, resource, dialect, findings)
        opened = _headed(reader, dialect, resource, findings)
        if opened is None or slow or not files:
            return opened
        from newspkg.validate.fast import fast_reader  # brings polars

        fast = fast_reader(files, resource, dialect, opened.labels)
        if fast is not None:
            opened.reader = fast
        return opened
    # Each of these brings a library or much code of its own, which a package of plain CSV does not wait for.
    if resource.format == "parquet":
        from newspkg.validate.columns import columns_reader

        return columns_reader(files, resource, findings)
    if resource.format in ("xlsx", "xls", "ods"):
        from newspkg.validate.sheets import sheets_reader

        return sheets_reader(files, resource, dialect, findings)
    from newspkg.validate.objects import objects_reader

    return objects_reader(root, files, resource, dialect, findings)


_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def _detected(files: Sequence[tuple[str, Path]], resource: Resource) -> None:
    """Where no encoding is stated, a byte order mark that is not UTF-8's says what it is."""
    if resource.encoding_stated or not files:
        return
    with open_plain(files[0][1]) as file:
        resource.encoding = _MARKS.get(file.read(2), resource.encoding)


def _marked(files: Sequence[tuple[str, Path]], resource: Resource, findings: Findings) -> None:
    """Tells of files of UTF-8 that begin with a byte order mark."""
    if resource.encoding != "utf-8-sig":
        return
    for name, path in files:
        with open_plain(path) as file:
            if file.read(3) == codecs.BOM_UTF8:
                said = f"{name} begins with a byte order mark, which is not read as text."
                place = {"resource": resource.name, "value": "EF BB BF", "path": name, "line": 1, "column": 1}
                findings.add(problem("byte-order-mark", said, **place))


def _headed(reader: Delimited, dialect: Dialect, resource: Resource, findings: Findings) -> Opened | None:
    """A delimited table behind its header rows."""
    header: list[Record] = []
    first: Record | None = None
    wanted = sorted(dialect.header_rows)  # numbers of rows in the file, where comments count
    seen = 0
    records = reader.all()
    for record in records:
        seen += 1
        if not wanted:
            first = record
            break
        if wanted[len(header)] <= record.number:  # below it if there is a comment instead
            header.append(record)
            if len(header) == len(wanted):
                break
    records.close()
    if seen == 0 or (wanted and not header):
        if not reader.broken:
            where = {"resource": resource.name, "path": resource.place}
            findings.add(problem("source-error", "the table is empty: not even a header.", **where))
        return None
    labels: list[str] | None = None
    if header:
        labels = [
            dialect.header_join.join(part for part in parts if part) if len(header) > 1 else parts[0]
            for parts in header_columns([h.cells for h in header])
        ]
    width = len(labels) if labels is not None else len(first.cells) if first else 0
    if labels is None and resource.schema is not None:
        width = len(resource.schema.fields)
    reader.skip = seen if header else 0
    top = header[0] if header else None
    return Opened(labels, top.number if top else 0, top.path if top else resource.place, width, reader)
