"""The folder of a shop's playbooks: read as one set, written as one set, whatever happens in between.

A folder of files cannot be replaced in one step, least of all one that is also somebody's checkout. So the new set is
first written whole under another name and moved in one step to `.publishing.json` beside the files: from then on the
new set holds, for every reader. Then the files are moved into place one by one, and the journal goes last. A kill
before the step leaves the old set, a kill after it the new one, and the next writer or start finishes the moving.
"""

from __future__ import annotations

import json
import os
from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from copilot.shop.playbooks import FOLDER, new_folder
from recommenders.playbooks.loader import Problem, files_of
from recommenders.playbooks.source import MAX_CHARS

JOURNAL = ".publishing.json"
STAGED = ".publishing"
TRIES = 20  # a reader begins again when the folder changes under it


@dataclass(frozen=True, slots=True)
class Publication:
    """A set on its way into the folder, and what its version in the history will say."""

    id: str
    kind: str
    author: str
    message: str
    at: str
    base: int | None
    restored: int | None
    files: Mapping[str, str]


@dataclass(frozen=True)
class Contents:
    """The files that can be read, by path below the folder, and what is wrong with those that cannot."""

    files: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


class PlaybookFolder:
    """The folder that the settings name, else the one in the data directory, which appears with the first writing."""

    def __init__(self, chosen: Path | None, data: Path) -> None:
        self._chosen = chosen
        self._data = data

    @property
    def path(self) -> Path:
        """Where it is, or would be."""
        return self._chosen or self._data / FOLDER

    def fingerprint(self) -> Hashable:
        """Differs whenever a file was added, removed, replaced or written; costs a look at each file's entry."""
        found: list[Hashable] = [str(self.path.resolve())]
        for path in [self.path / JOURNAL, *(files_of(self.path) if self.path.is_dir() else ())]:
            try:
                stat = path.stat()
            except OSError:
                continue
            found.append((str(path), stat.st_ino, stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def pending(self) -> Publication | None:
        """The set that is being published, or was when its writer died; it is what holds."""
        try:
            said = json.loads((self.path / JOURNAL).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Publication(**said)

    def read(self) -> Contents:
        """The whole set of one moment; empty when there is no folder or nothing in it."""
        for _ in range(TRIES):
            before = self.fingerprint()
            try:
                pending = self.pending()
                found = Contents(dict(pending.files)) if pending else self._scan()
            except FileNotFoundError:  # moved away between looking and reading
                continue
            if self.fingerprint() == before:
                return found
        return self._scan()

    def write(self, publication: Publication) -> None:
        """Puts a set in the place of the old one, up to its last step, which is `finish`. Hold the lock.

        Raises:
            OSError: the folder cannot be written; the old set holds.
        """
        if not self.path.exists():
            if self._chosen:
                self._chosen.mkdir(parents=True)
            else:
                new_folder(self._data)
        _replace(self.path / JOURNAL, json.dumps(asdict(publication), ensure_ascii=False).encode())
        self.settle(publication)

    def settle(self, publication: Publication) -> None:
        """Moves the files of a journal into place; may be done again from the beginning at any time."""
        old = self._texts()
        for name, text in publication.files.items():
            if old.get(name) != text:
                (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                _replace(self.path / name, text.encode())
        for name in old.keys() - publication.files.keys():
            (self.path / name).unlink(missing_ok=True)
        _sync(self.path)

    def finish(self) -> None:
        """Takes the journal away, once the files are in place and the history knows of it."""
        (self.path / JOURNAL).unlink(missing_ok=True)
        _sync(self.path)

    def _scan(self) -> Contents:
        files: dict[str, str] = {}
        problems: list[Problem] = []
        for path in files_of(self.path) if self.path.is_dir() else ():
            name = path.relative_to(self.path).as_posix()
            content = path.read_bytes()
            if len(content) > 4 * MAX_CHARS:
                said = f"larger than {4 * MAX_CHARS} bytes"
                problems.append(Problem(name, 1, 1, "error", said, code="too-large"))
                continue
            try:
                files[name] = content.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                line = content[: error.start].count(b"\n") + 1
                said = "not UTF-8: save the file as UTF-8"
                problems.append(Problem(name, line, 1, "error", said, code="not-utf8"))
        return Contents(files, tuple(problems))

    def _texts(self) -> dict[str, str | None]:
        """Every playbook file with its text; None where it cannot be read."""
        readable = self._scan().files
        return {name: readable.get(name) for name in (p.relative_to(self.path).as_posix() for p in files_of(self.path))}


def _replace(path: Path, content: bytes) -> None:
    """A file that is the old one or the new one, and the new one for good when this returns."""
    staged = path.with_name(f".{path.name}{STAGED}")  # no playbook by its name, and the same one at every try
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        staged.chmod(path.stat().st_mode & 0o777)
    staged.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
