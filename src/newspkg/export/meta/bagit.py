"""BagIt 1.0 (RFC 8493): the package's files with their checksums, as archives take them in; a folder, or its zip."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from pathlib import Path

from newspkg import __version__
from newspkg.export.meta.facts import Agent, Facts, facts
from newspkg.export.meta.payload import payload
from newspkg.export.model import Source, exporter

__all__ = ["export_bagit", "export_bagit_zip"]

_ALGORITHMS = ("sha256", "sha512")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say; the files' own dates would change its bytes
_BLOCK = 1 << 20


@exporter("bagit", title="BagIt, for archives: a folder with checksums", folder=True)
def export_bagit(package: Source, out: Path) -> list[Path]:
    """Writes the bag into the folder `out`."""
    found = facts(package)
    paths = payload(package)
    written, size = [], 0
    manifests: dict[str, list[tuple[str, str]]] = {name: [] for name in _ALGORITHMS}
    for path in paths:
        target = out / "data" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with (package.root / path).open("rb") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK)
        size += target.stat().st_size
        for name, digest in _digests(target):
            manifests[name].append((digest, f"data/{path}"))
        written.append(target)
    tags = {
        "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
        "bag-info.txt": "".join(f"{label}: {value}\n" for label, value in _info(package, found, size, len(paths))),
        **{f"manifest-{name}.txt": _manifest(lines) for name, lines in manifests.items()},
    }
    for name, text in tags.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    for algorithm in _ALGORITHMS:
        lines = [(dict(_digests(out / name))[algorithm], name) for name in sorted(tags)]
        (out / f"tagmanifest-{algorithm}.txt").write_text(_manifest(lines), encoding="utf-8", newline="\n")
    return [*written, *(out / name for name in tags), *(out / f"tagmanifest-{name}.txt" for name in _ALGORITHMS)]


@exporter("bagit-zip", title="the same in one zip", suffix="-bag.zip")
def export_bagit_zip(package: Source, out: Path) -> list[Path]:
    """Writes a zip with the bag as its one folder."""
    folder = out.with_name(f"{out.name}.bag")
    try:
        folder.mkdir()
        files = export_bagit(package, folder)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in sorted(files):
                inner = zipfile.ZipInfo(f"{_stem(package.name)}/{one.relative_to(folder).as_posix()}", _EPOCH)
                inner.compress_type, inner.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                inner.file_size = one.stat().st_size
                with one.open("rb") as source, archive.open(inner, "w") as copy:
                    shutil.copyfileobj(source, copy, _BLOCK)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [out]


def _stem(name: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in name)


def _digests(path: Path) -> list[tuple[str, str]]:
    hashes = [hashlib.new(name) for name in _ALGORITHMS]
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            for one in hashes:
                one.update(block)
    return [(name, one.hexdigest()) for name, one in zip(_ALGORITHMS, hashes, strict=True)]


def _manifest(lines: list[tuple[str, str]]) -> str:
    """Digests and paths; signs that would break a line are written as the RFC says."""
    return "".join(f"{digest}  {_line(path)}\n" for digest, path in lines)


def _line(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _info(package: Source, found: Facts, size: int, count: int) -> list[tuple[str, str]]:
    """The labels that the RFC reserves, as far as the descriptor can fill them."""
    contacts = [one for one in found.agents if one.email] or list(found.creators)
    organizations = dict.fromkeys(_organization(one) for one in found.creators or found.agents)
    pairs = [
        *(("Source-Organization", one) for one in organizations if one),
        *((label, value) for one in contacts for label, value in _contact(one)),
        ("External-Description", ": ".join(part for part in (found.title, found.description) if part)),
        ("External-Identifier", found.doi_url or found.id or found.homepage),
        ("Bagging-Date", found.created),
        ("Payload-Oxum", f"{size}.{count}"),
        ("Bag-Size", f"{size} bytes"),
        ("Internal-Sender-Identifier", " ".join(part for part in (found.name, found.version) if part)),
        ("Internal-Sender-Description", found.label),
        *(("License", one.spdx or one.label) for one in found.licences),
        ("Bag-Software-Agent", f"newspkg {__version__}"),
    ]
    if not found.created:
        package.note(
            "/created: the bag has no Bagging-Date; say when the package was made, as in 2026-01-31T12:00:00Z."
        )
    return [(label, " ".join(value.split())) for label, value in pairs if value]


def _organization(one: Agent) -> str:
    return one.organization or ("" if one.person else one.name)


def _contact(one: Agent) -> list[tuple[str, str]]:
    return [("Contact-Name", one.name), *([("Contact-Email", one.email)] if one.email else [])]
