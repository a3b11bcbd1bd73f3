"""The playbooks of a shop directory: checked, then kept in the data directory for the service to read."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from copilot.shop.rejection import Rejection
from recommenders.playbooks.loader import check, files_of

FOLDER = "playbooks"
LOADED = "playbooks.loaded"  # the digest of the files that the last load brought


def check_playbooks(shop: Path) -> list[Rejection]:
    """The errors of `shop`/playbooks, none when it has no such folder. Warnings are for `playbooks check`."""
    folder = shop / FOLDER
    if not folder.is_dir():
        return []
    return [
        Rejection(os.path.relpath(problem.file, shop), problem.line, problem.rule_id or "playbook", problem.message)
        for problem in check(folder)
        if problem.severity == "error"
    ]


def keep_playbooks(shop: Path, data: Path) -> bool:
    """Puts the folder's files in the place of those in `data`; whether anything changed.

    Call it for playbooks without errors. A shop directory without a folder leaves what is there, and so does one whose
    playbooks are still those of the load before: what leads have published since stays in force. The folder's name is a
    link that is moved in one step to the new, complete files, so that a kill leaves the old ones or the new.
    """
    source, target, noted = shop / FOLDER, data / FOLDER, data / LOADED
    if not source.is_dir():
        return False
    new = {path.relative_to(source).as_posix(): path.read_bytes() for path in files_of(source)}
    digest = _digest(new)
    if target.is_dir():
        if noted.exists() and noted.read_text("utf-8").strip() == digest:
            return False
        if new == {p.relative_to(target).as_posix(): p.read_bytes() for p in files_of(target)}:
            noted.write_text(digest + "\n", "utf-8")
            return False
    new_folder(data, new)
    noted.write_text(digest + "\n", "utf-8")
    return True


def new_folder(data: Path, files: Mapping[str, bytes] | None = None) -> None:
    """Moves the link `data`/playbooks in one step to a new folder with these files; the old folder is removed."""
    data.mkdir(parents=True, exist_ok=True)
    target = data / FOLDER
    old = target.resolve() if target.is_symlink() else None
    work = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=data))
    for name, content in (files or {}).items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(content)
    work.chmod(0o755)
    link = work.with_name(work.name + ".link")
    link.symlink_to(work.name)
    link.replace(target)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
