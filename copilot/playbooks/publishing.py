"""Drafts, publishing and going back, so that nobody's text is ever written over.

A *base* says what somebody saw when she began: the version, and the revision of her own draft (`12.831`, `12.0` without
a draft). Pages hand it back as it was given to them.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine

from copilot.playbooks.folder import PlaybookFolder, Publication
from copilot.store.locks import exclusive
from copilot.store.versions import Draft, DraftStore, Version, VersionStore
from recommenders.domain import Catalog
from recommenders.playbooks.loader import DEFAULT_FOLDER, Problem, check_files, files_of
from recommenders.playbooks.source import MAX_CHARS

LOCK = "playbooks"
LOCK_SECONDS = 20.0
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}(?:/[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}){0,3}\.ya?ml")
BASE = re.compile(r"(\d{1,9})(?:\.(\d{1,10}))?")
MESSAGE_LENGTH = 500


class Refused(ValueError):
    """What was asked for cannot be done; the message is for a lead."""


class Invalid(Refused):
    """The set has errors, so the one in force stays."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        errors = sum(problem.severity == "error" for problem in problems)
        super().__init__(f"{errors} error" + "s" * (errors != 1) + " must be put right first; nothing was published.")
        self.problems = problems


class Conflict(Refused):
    """Somebody has changed the file since. Nothing was written over: `text` is hers, and the draft is kept.

    Saving on `base` says that her text was looked at. `kept` is the base of whoever goes on without looking, where the
    draft was stored; its next save is a conflict again.
    """

    def __init__(self, file: str, by: str, at: datetime, text: str | None, base: str, kept: str = "") -> None:
        super().__init__(f"{by or 'Somebody'} changed {file} since you began; your text is kept.")
        self.file, self.by, self.at, self.text, self.base, self.kept = file, by, at, text, base, kept


@dataclass(frozen=True)
class State:
    """The newest version, which is what lies in the folder, and what the checker says of it."""

    version: Version
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems for which the set is not in force."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


class Publisher:
    """Everything that changes playbooks goes through here, one at a time over all processes of a database."""

    def __init__(
        self,
        database: Engine,
        folder: PlaybookFolder,
        catalog: Callable[[], Catalog],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._folder = folder
        self._catalog = catalog
        self._clock = clock
        self.versions = VersionStore(database)
        self.drafts = DraftStore(database)
        self._checked: tuple[Catalog, Mapping[str, str], tuple[Problem, ...]] | None = None

    # ------------------------------------------------------------ reading

    def state(self) -> State:
        """What lies in the folder now, as a version: a change by hand becomes one of its own."""
        latest, contents = self.versions.latest(), self._folder.read()
        if latest is None or self._folder.pending() or (not contents.problems and _own(contents.files) != latest.files):
            with exclusive(self._database, LOCK, wait_seconds=LOCK_SECONDS):
                latest = self._synced()
            contents = self._folder.read()
        return State(latest, (*contents.problems, *self.check(latest.files)))

    def check(self, files: Mapping[str, str]) -> tuple[Problem, ...]:
        """The problems of a set, with what this shop does not have; the last set's are remembered."""
        catalog, held = self._catalog(), self._checked
        if held and held[0] is catalog and held[1] == files:
            return held[2]
        found = tuple(check_files(files, catalog))
        self._checked = (catalog, dict(files), found)
        return found

    def recover(self) -> None:
        """Finishes what a killed process began; for the start."""
        if self._folder.pending():
            with exclusive(self._database, LOCK, wait_seconds=LOCK_SECONDS):
                self._synced()

    def draft_set(self, author: str, version: Version) -> dict[str, str]:
        """The files as they would be if this lead published all her drafts."""
        files = dict(version.files)
        for draft in self.drafts.of(author):
            files.pop(draft.file, None)
            if draft.text is not None:
                files[draft.file] = draft.text
        return files

    def last_change(self, file: str, version: Version) -> Version:
        """The version that gave the file the text that it has in `version`."""
        newest = version
        for older in self.versions.newest(200, before=version.id):
            if older.files.get(file) != version.files.get(file):
                break
            newest = older
        return newest

    # ------------------------------------------------------------ drafts

    def save_draft(self, author: str, file: str, text: str | None, base: str | None) -> str:
        """Keeps a lead's text and returns the base of her next save.

        Raises:
            Conflict: another text of hers (from another tab) stands there, or somebody published another one since. In
                the second case hers is kept too, and saving on the base that the conflict names goes through.
            Refused: the name or the text cannot be a playbook's.
        """
        if not FILE_NAME.fullmatch(file):
            raise Refused(f"{file[:100]}: a file's name has letters, digits, - and _ and ends in .yaml")
        if text is not None and len(text) > MAX_CHARS:
            raise Refused(f"{file} is larger than {MAX_CHARS} characters")
        current = self.state().version
        if base is None:
            if file in current.files or self.drafts.get(author, file):
                raise self._conflict(file, current, author)
            seen, after = current.id, 0
        else:
            seen, after = _read_base(base)
        started = current if seen == current.id else self.versions.get(seen)
        stale = started is None or started.files.get(file) != current.files.get(file)
        if text == current.files.get(file):
            held = self.drafts.get(author, file)
            if held is None or held.revision == after or held.text == text:
                self.drafts.discard(author, file)
                return base_of(current, None)
        # A stale draft keeps the base that it was written on: publishing it is refused until somebody has looked.
        draft, stored = self.drafts.save(author, file, text, seen if stale else current.id, self._clock(), after)
        if not stored:
            raise Conflict(file, author, draft.saved_at, draft.text, base_of(current, draft))
        if stale:
            raise self._conflict(file, current, author, kept=True)
        return base_of(current, draft)

    def discard(self, author: str, file: str) -> tuple[str, str | None]:
        """Drops a lead's draft; the base and the text to go on from."""
        self.drafts.discard(author, file)
        current = self.state().version
        return base_of(current, None), current.files.get(file)

    # ------------------------------------------------------------ publishing

    def publish(self, author: str, message: str, base: str | None = None, file: str | None = None) -> Version:
        """Puts a lead's drafts, or the one of `file`, in force.

        Raises:
            Conflict: a file has another text since its draft was begun, or the draft is not the one that was seen.
            Invalid: the set that would be in force has errors.
            Refused: there is nothing to publish, or no message.
        """
        message = _checked(message)
        with exclusive(self._database, LOCK, wait_seconds=LOCK_SECONDS):
            current = self._synced()
            drafts = [d for d in self.drafts.of(author) if file is None or d.file == file]
            if not drafts:
                raise Refused("There is nothing to publish: no text differs from what is in force.")
            files = dict(current.files)
            for draft in drafts:
                self._agree(draft, current, base if file else None)
                files.pop(draft.file, None)
                if draft.text is not None:
                    files[draft.file] = draft.text
            return self._put("published", author, message, current, dict(sorted(files.items())))

    def rollback(self, author: str, version: int, message: str) -> Version:
        """Puts the files of an earlier version in force, as a new version.

        Raises:
            Refused: there is no such version, or it is the one in force.
            Invalid: by the language of today it has errors.
        """
        with exclusive(self._database, LOCK, wait_seconds=LOCK_SECONDS):
            current, meant = self._synced(), self.versions.get(version)
            if meant is None:
                raise Refused(f"There is no version {version}.")
            if meant.files == current.files:
                raise Refused(f"What is in force is the same as version {version}.")
            message = _checked(message or f"Back to version {version}")
            return self._put("rollback", author, message, current, meant.files, restored=version)

    def _agree(self, draft: Draft, current: Version, base: str | None) -> None:
        """Raises Conflict unless the draft is what was seen, and its file is what the draft was begun on."""
        seen, after = _read_base(base) if base else (draft.base, draft.revision)
        if after and after != draft.revision:
            raise Conflict(draft.file, draft.author, draft.saved_at, draft.text, base_of(current, draft))
        for number in {seen, draft.base} - {current.id}:
            started = self.versions.get(number)
            if started is None or started.files.get(draft.file) != current.files.get(draft.file):
                raise self._conflict(draft.file, current, draft.author)

    def _put(
        self, kind: str, author: str, message: str, base: Version, files: Mapping[str, str], restored: int | None = None
    ) -> Version:
        unreadable = self._folder.read().problems
        if not files:
            raise Refused("One file at least must stay: without any, the packaged playbook would come back.")
        problems = (*unreadable, *self.check(files))
        if any(problem.severity == "error" for problem in problems):
            raise Invalid(problems)
        at = self._clock().isoformat()
        publication = Publication(uuid.uuid4().hex, kind, author, message, at, base.id, restored, dict(files))
        try:
            self._folder.write(publication)
        except OSError as error:
            if self._folder.pending() is None:
                said = f"{self._folder.path} cannot be written ({error.strerror}); nothing was published."
                raise Refused(said) from error
            raise  # the new set holds already; the next one to look finishes the moving
        return self._recorded(publication)

    def _recorded(self, publication: Publication) -> Version:
        """The history learns of it, then the journal goes."""
        version = self.versions.add(
            publication.id,
            publication.kind,
            datetime.fromisoformat(publication.at),
            publication.author,
            publication.message,
            publication.base,
            publication.restored,
            publication.files,
        )
        self._folder.finish()
        return version

    def _synced(self) -> Version:
        """The newest version after whatever happened without us; the lock is held."""
        if pending := self._folder.pending():
            self._folder.settle(pending)
            return self._recorded(pending)
        latest, contents = self.versions.latest(), self._folder.read()
        files = _own(contents.files)
        if latest is not None and (files == latest.files or contents.problems):
            return latest
        kind, message = "outside", f"Changed outside of this page: {_names(latest, files)}"
        if not contents.files:
            kind, message = "packaged", "The packaged playbook"
        elif latest is None:
            kind, message = "found", "What lay in the folder"
        base = latest.id if latest else None
        return self.versions.add(uuid.uuid4().hex, kind, self._clock(), "", message, base, None, files)

    def _conflict(self, file: str, current: Version, author: str, kept: bool = False) -> Conflict:
        changed = self.last_change(file, current)
        by = changed.author or "Somebody outside of this page"
        draft = self.drafts.get(author, file)
        base, text = base_of(current, draft), current.files.get(file)
        return Conflict(file, by, changed.created_at, text, base, base_of_draft(draft) if kept and draft else "")


def base_of(version: Version, draft: Draft | None) -> str:
    """What a page that shows this draft over this version hands back with its next save."""
    return f"{version.id}.{draft.revision if draft else 0}"


def base_of_draft(draft: Draft) -> str:
    """What a page that shows this draft, and not what is in force, hands back: what it was written on counts."""
    return f"{draft.base}.{draft.revision}"


def _read_base(base: str) -> tuple[int, int]:
    found = BASE.fullmatch(base)
    if not found:
        raise Refused("The base is none that a page was given; load the page again.")
    return int(found[1]), int(found[2] or 0)


def _checked(message: str) -> str:
    message = " ".join(message.split())
    if not message:
        raise Refused("Say in a few words what changes: the message stands in the history.")
    if len(message) > MESSAGE_LENGTH:
        raise Refused(f"The message is longer than {MESSAGE_LENGTH} characters.")
    return message


def _own(files: Mapping[str, str]) -> dict[str, str]:
    """The shop's files, else those of the packaged playbook, which holds where a shop has none."""
    if files:
        return dict(files)
    packaged = files_of(DEFAULT_FOLDER)
    return {path.relative_to(DEFAULT_FOLDER).as_posix(): path.read_text("utf-8") for path in packaged}


def _names(before: Version | None, files: Mapping[str, str]) -> str:
    old = before.files if before else {}
    return ", ".join(sorted(name for name in {*old, *files} if old.get(name) != files.get(name)))
