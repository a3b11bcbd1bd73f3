"""The folder holds one set or the other: while somebody reads, and after a kill at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from copilot.playbooks.folder import JOURNAL, PlaybookFolder, Publication
from copilot.playbooks.publishing import Publisher
from copilot.shop.playbooks import keep_playbooks
from copilot.store.database import open_database
from copilot.store.versions import VersionStore
from recommenders.domain import Catalog

ROOT = Path(__file__).parents[2]
SETS = [
    {f"p{n}.yaml": f"version: 1\nname: set {which}\nrules: []\n" for n in range(6)}
    | {f"only-{which}.yaml": "version: 1\nrules: []\n"}
    for which in range(2)
]
# Publishes one set and the other, for ever.
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.pages.test_folder import SETS, publisher
desk = publisher(Path({data!r}))
print("ready", flush=True)
while True:
    for draft in desk.drafts.of("Lea"):  # what the one before me left
        desk.discard("Lea", draft.file)
    current = desk.state().version.files
    wanted = SETS[current == SETS[0]]
    for name in {{*wanted, *current}}:
        base = None if name not in current else str(desk.state().version.id)
        desk.save_draft("Lea", name, wanted.get(name), base)
    desk.publish("Lea", "the other one")
"""


def publisher(data: Path) -> Publisher:
    return Publisher(open_database(data), PlaybookFolder(None, data), Catalog)


def publication(files: dict[str, str], id: str = "a") -> Publication:
    return Publication(id, "published", "Lea", "why", "2026-03-02T09:20:00+00:00", None, None, files)


def test_a_set_is_written_and_read(tmp_path: Path) -> None:
    folder = PlaybookFolder(None, tmp_path)
    assert folder.read().files == {}
    for which in (0, 1):
        before = folder.fingerprint()
        folder.write(publication(SETS[which]))
        folder.finish()
        assert folder.read().files == SETS[which]
        assert folder.fingerprint() != before
        names = {path.name for path in folder.path.iterdir()}
        assert names == set(SETS[which]), "nothing else is left behind"


def test_files_that_stay_the_same_are_left_alone(tmp_path: Path) -> None:
    folder = PlaybookFolder(tmp_path / "own", tmp_path)
    folder.write(publication(SETS[0]))
    (folder.path / "README.md").write_text("mine")
    (folder.path / "p0.yaml").write_bytes(b"\xef\xbb\xbf" + SETS[0]["p0.yaml"].encode())
    then = (folder.path / "p0.yaml").stat().st_mtime_ns
    folder.write(publication({**SETS[0], "p1.yaml": "version: 1\n"}))
    folder.finish()
    assert (folder.path / "p0.yaml").stat().st_mtime_ns == then
    assert (folder.path / "README.md").read_text() == "mine"


@pytest.mark.parametrize("done", range(9))
def test_a_publishing_that_stops_anywhere_is_the_new_set_for_every_reader(tmp_path: Path, done: int) -> None:
    desk = publisher(tmp_path)
    folder = PlaybookFolder(None, tmp_path)
    folder.write(publication(SETS[0], "first"))
    folder.finish()
    assert desk.state().version.files == SETS[0]

    class Killed(BaseException):
        pass

    class Interrupted(PlaybookFolder):
        """Stops at the file of this number, the journal being the first."""

        def settle(self, publication: Publication) -> None:
            for number, (name, text) in enumerate(publication.files.items()):
                if number + 1 == done:
                    raise Killed
                (self.path / name).write_text(text)
            raise Killed

    with pytest.raises(Killed):
        Interrupted(None, tmp_path).write(publication(SETS[1], "second"))
    assert folder.read().files == SETS[1]
    assert (folder.path / JOURNAL).exists()
    publisher(tmp_path).recover()
    assert not (folder.path / JOURNAL).exists()
    assert folder.read().files == SETS[1]
    newest = VersionStore(open_database(tmp_path)).newest(5)
    assert [version.author for version in newest] == ["Lea", ""]
    assert desk.state().version.id == newest[0].id, "once, however often it is finished"


def test_a_folder_that_cannot_be_written_keeps_the_old_set(tmp_path: Path) -> None:
    from copilot.playbooks.publishing import Refused

    own = tmp_path / "own"
    own.mkdir()
    (own / "p0.yaml").write_text("version: 1\nrules: []\n")

    class Full(PlaybookFolder):
        def write(self, publication: Publication) -> None:
            raise OSError(28, "No space left on device")

    desk = Publisher(open_database(tmp_path), Full(own, tmp_path), Catalog)
    desk.save_draft("Lea", "p0.yaml", "version: 1\nname: new\nrules: []\n", str(desk.state().version.id))
    with pytest.raises(Refused, match="No space left"):
        desk.publish("Lea", "x")
    assert desk.state().version.kind == "found"


def test_readers_beside_a_writer_see_whole_sets(tmp_path: Path) -> None:
    folder, stop = PlaybookFolder(None, tmp_path), threading.Event()
    folder.write(publication(SETS[0]))
    folder.finish()

    def write() -> None:
        which = 0
        while not stop.is_set():
            which = 1 - which
            folder.write(publication(SETS[which], str(which)))
            folder.finish()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [PlaybookFolder(None, tmp_path).read().files for _ in range(150)]
    finally:
        stop.set()
        writer.join()
    assert {SETS.index(files) for files in seen} <= {0, 1}  # type: ignore[arg-type]


@pytest.mark.slow
def test_killed_again_and_again(tmp_path: Path) -> None:
    """kill -9 at any moment: what is read afterwards is one whole set, and the history ends with it."""
    folder = PlaybookFolder(None, tmp_path)
    folder.write(publication(SETS[0]))
    folder.finish()
    publisher(tmp_path).state()
    seen = set()
    for round_ in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER.format(root=str(ROOT), data=str(tmp_path))],
            stdout=subprocess.PIPE, cwd=ROOT,
        )  # fmt: skip
        assert process.stdout
        process.stdout.readline()
        time.sleep(0.3 + 0.17 * round_)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        files = dict(folder.read().files)
        assert files in SETS
        desk = publisher(tmp_path)
        assert desk.state().version.files == files
        assert desk.versions.newest(1)[0].kind in ("published", "found")
        seen.add(files == SETS[0])
    assert seen == {True, False}


def test_a_load_does_not_take_back_what_was_published(tmp_path: Path) -> None:
    shop, data = tmp_path / "shop", tmp_path / "data"
    (shop / "playbooks").mkdir(parents=True)
    (shop / "playbooks/a.yaml").write_text("version: 1\nrules: []\n")
    assert keep_playbooks(shop, data)
    folder = PlaybookFolder(None, data)
    published = {"a.yaml": "version: 1\nname: ours\nrules: []\n"}
    folder.write(publication(published))
    folder.finish()
    assert not keep_playbooks(shop, data), "the same shop directory again"
    assert folder.read().files == published
    (shop / "playbooks/a.yaml").write_text("version: 1\nname: from the shop\nrules: []\n")
    assert keep_playbooks(shop, data), "it brings something new"
    assert folder.read().files == {"a.yaml": "version: 1\nname: from the shop\nrules: []\n"}
