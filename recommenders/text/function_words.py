"""Words of grammar, which by themselves name nothing."""

from __future__ import annotations

import runpy
from importlib.util import find_spec
from pathlib import Path

from recommenders.text.words import stems

# Of the languages that shops are mostly written to in; the English one is the longer of two.
_LISTS = ("EN_PLUS", "GERMAN", "FRENCH", "SPANISH", "ITALIAN", "DUTCH", "PORTUGUESE")


def _snowball() -> frozenset[str]:
    """The lists of the Snowball project as bm25s ships them.

    Their file is run by itself: to import the package takes as long as everything else at a start together.
    """
    package = find_spec("bm25s")
    if package is None or package.origin is None:
        raise ImportError("bm25s is not installed: run `make setup`")
    lists = runpy.run_path(str(Path(package.origin).with_name("stopwords.py")))
    return frozenset(stem for name in _LISTS for word in lists[f"STOPWORDS_{name}"] for stem in stems(word))


FUNCTION_WORDS: frozenset[str] = _snowball()
