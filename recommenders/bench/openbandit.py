"""The logs of two policies in a fashion shop (Open Bandit Dataset), read from the package that carries a sample."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recommenders.bench.datasets import DatasetError, MissingDataset, revision

FOLDER, PACKAGE = "obp", "obp"
CAMPAIGNS = ("all", "men", "women")
POLICIES = ("random", "bts")
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Log:
    """Impressions, one a row: which item stood at which of three places, its propensity there, and was it clicked?"""

    item: Ints
    place: Ints  # from 0
    propensity: Floats
    click: Floats


@dataclass(frozen=True)
class OpenBandit:
    """The same week under a uniformly random policy and under Bernoulli Thompson sampling (Saito et al. 2020,
    arXiv:2008.07146; CC BY 4.0): campaign -> policy -> log."""  # fmt: skip

    revision: str
    logs: Mapping[str, Mapping[str, Log]]


def open_bandit(data: Path) -> OpenBandit:
    """Reads POLICY/CAMPAIGN/CAMPAIGN.csv from the folder `obp`, else the sample within the installed package obp.

    The sample has 10,000 impressions a log; the whole data set (26 million) has the same form.

    Raises:
        MissingDataset: it is at neither place.
        DatasetError: a file is not in the form that is expected.
    """
    folder = _folder(data)
    files = {(c, p): folder / p / c / f"{c}.csv" for c in CAMPAIGNS for p in POLICIES}
    logs = {c: {p: _log(files[c, p]) for p in POLICIES} for c in CAMPAIGNS}
    # the files of both policies have the same names, so the digest is one of digests
    digest = "".join(revision([files[key]]) for key in sorted(files))
    return OpenBandit(_short(digest), logs)


def _folder(data: Path) -> Path:
    package = find_spec(PACKAGE)  # found, not imported: it would import PyTorch
    inside = (package and package.submodule_search_locations) or ()
    places = [data / FOLDER, *(Path(place) / "dataset" / "obd" for place in inside)]
    for place in places:
        if all((place / p / c / f"{c}.csv").is_file() for c in CAMPAIGNS for p in POLICIES):
            return place
    raise MissingDataset(
        f"{FOLDER}: neither in {places[0]} nor installed; run `pip install obp==0.4.1` (the extra named bench has it), "
        "or name another folder with --data"
    )


def _log(path: Path) -> Log:
    columns: dict[str, list[float]] = {"item_id": [], "position": [], "propensity_score": [], "click": []}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        heading = next(rows, [])
        try:
            at = {name: heading.index(name) for name in columns}
            for row in rows:
                for name, values in columns.items():
                    values.append(float(row[at[name]]))
        except (ValueError, IndexError) as error:
            raise DatasetError(f"{FOLDER}: {path} is not in the form that is expected ({error})") from error
    item, place = (np.asarray(columns[name], dtype=np.int64) for name in ("item_id", "position"))
    if not len(item):
        raise DatasetError(f"{FOLDER}: {path} has no rows")
    return Log(item, place - place.min(), np.asarray(columns["propensity_score"]), np.asarray(columns["click"]))


def _short(digest: str) -> str:
    import hashlib

    return hashlib.sha256(digest.encode()).hexdigest()
