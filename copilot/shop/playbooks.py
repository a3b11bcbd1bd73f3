"""The playbooks of a shop directory: checked, then kept in the data directory for the service to read."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from copilot.shop.rejection import Rejection
from recommenders.playbooks.loader import check, files_of

FOLDER = "playbooks"


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

    Call it for playbooks without errors. A shop directory without a folder leaves what is there. The folder's
    name is a link that is moved in one step to the new, complete files, so that a kill leaves the old ones or the new.
    """
    source, target = shop / FOLDER, data / FOLDER
    if not source.is_dir():
        return False
    new = {path.relative_to(source).as_posix(): path.read_bytes() for path in files_of(source)}
    if target.is_dir() and new == {p.relative_to(target).as_posix(): p.read_bytes() for p in files_of(target)}:
        return False
    data.mkdir(parents=True, exist_ok=True)
    old = target.resolve() if target.is_symlink() else None
    work = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=data))
    for name, content in new.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(content)
    work.chmod(0o755)
    link = work.with_name(work.name + ".link")
    link.symlink_to(work.name)
    link.replace(target)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)
    return True
