"""Whatever is in a file, the checker says where it is wrong or that it is right; it never trips."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO

from recommenders.playbooks import PlaybookError, check_files, load_files
from recommenders.playbooks.schema import Conditions, Gesture, Offer, PlaybookFile, Rule, Then, When
from tests.playbooks.fixtures import catalog, code

HERE = Path(__file__).parent
TEXTS = [p.read_text("utf-8") for folder in ("good", "broken") for p in sorted((HERE / folder).glob("*.yaml"))]
SHOP = catalog(code("CARE15"))
TODAY = date(2026, 3, 2)
calm = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check_and_load(files: dict[str, str]) -> None:
    """Nothing is raised, each problem lies in its text, and what has no error can be loaded."""
    problems = check_files(files, SHOP, today=TODAY)
    assert problems == sorted(problems)
    for problem in problems:
        lines = files[problem.file].split("\n")
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.col <= len(lines[problem.line - 1]) + 1
        assert problem.message
        assert problem.code
    if any(problem.severity == "error" for problem in problems):
        with pytest.raises(PlaybookError) as raised:
            load_files(files, SHOP, today=TODAY)
        assert set(raised.value.problems) == {problem for problem in problems if problem.severity == "error"}
    else:
        load_files(files, SHOP, today=TODAY)


@calm
@given(st.text())
@example("\x00")
@example("a: &a [*a]")
@example("? ? ? ?")
@example("%YAML 9.9\n---\nrules: []")
@example("rules: [{id: a, when: {<<: {tier: [vip]}}, then: {warn: x}}]")
@example("\ufeffrules: []")
@example("a\r\nb: 1\r\n c: 2\u2028d: 3")
@example("!!int x: !!float y")
@example("rules: !!set {a, b}")
@example("rules: 0o9_9")
@example("<: 1")
@example("'[key]': 1")
@example("rules: [{'<id>': 1, '': 2, then: {delight: {'<gesture>': 3, '': 4}, say: {'[key]': x}}}]")
@example("'': 1")
@example("rules: 1" + "0" * 5000)
@example("{" * 39 + "}" * 39)
@example("- " * 3000)
@example("'" * 3000)
def test_any_text(text: str) -> None:
    check_and_load({"x.yaml": text})


YAMLISH = st.text(alphabet=" \n\t-:[]{}'\"#&*!|>%@`,?~ab1.\\<=\r", max_size=80)


@calm
@given(YAMLISH)
def test_any_text_that_looks_like_yaml(text: str) -> None:
    check_and_load({"x.yaml": text})


@calm
@given(st.sampled_from(TEXTS), st.data())
def test_good_and_broken_files_that_somebody_types_in(text: str, data: Any) -> None:
    """Some characters are deleted, others come in, a piece is moved: what a file is like while it is edited."""
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 30)))
        text = text[:start] + data.draw(YAMLISH) + text[end:]
    other = data.draw(st.sampled_from(TEXTS))
    check_and_load({"a.yaml": text, "b.yaml": other})


KEYS = sorted({key for m in (PlaybookFile, Rule, When, Then, Offer, Gesture) for key in m.model_fields})
WORDS = [
    "vip",
    "this",
    "praise",
    "wedding",
    "more_moisture",
    "2026-03-01",
    "{first_name}",
    "{code}",
    "en",
    "fell-boot",
    "",
]
leaf = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.sampled_from(WORDS) | st.text(max_size=20)
)
tree = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.just("en"), inner, max_size=5)
    ),
    max_leaves=20,
)


@calm
@given(st.dictionaries(st.sampled_from(sorted(PlaybookFile.model_fields)), tree, max_size=4))
def test_any_tree_under_known_keys(data: dict[str, Any]) -> None:
    check_and_load({"x.yaml": dumped(data)})


LISTS = {
    "tier": ["vip", "loyal", "new"],
    "intents": ["praise", "order_status"],
    "channel": ["chat", "email"],
    "product_tags": ["wool", "light"],
    "cautions": ["repeat_contact", "bereavement"],
}
conditions = st.fixed_dictionaries(
    {},
    optional={
        **{key: st.lists(st.sampled_from(words), min_size=1, max_size=2) for key, words in LISTS.items()},
        "orders_at_least": st.integers(0, 4),
        "orders_at_most": st.integers(0, 4),
        "churn_at_least": st.floats(0, 1),
        "selling": st.booleans(),
        "hours": st.sampled_from(["09:00-17:00", "22:00-06:00", "00:00-24:00"]),
        "date_from": st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        "date_until": st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    },
)
groups = st.lists(conditions, max_size=2)
rule = st.fixed_dictionaries(
    {
        "when": st.tuples(
            conditions, st.fixed_dictionaries({}, optional={"all": groups, "any": groups, "none": groups})
        ).map(lambda pair: {**pair[0], **pair[1]}),
        "then": st.fixed_dictionaries(
            {},
            optional={
                "prefer": st.fixed_dictionaries({"tags": st.lists(st.sampled_from(["wool", "light"]), max_size=2)}),
                "avoid": st.fixed_dictionaries({"tags": st.lists(st.sampled_from(["wool", "light"]), max_size=2)}),
                "lift": st.lists(st.sampled_from(["repeat_contact", "safety"]), max_size=2),
                "restrain": st.lists(st.sampled_from(["repeat_contact", "safety"]), max_size=2),
                "because": st.just("It was solved."),
                "say": st.dictionaries(st.sampled_from(["en", "de"]), st.sampled_from(["Hi {code}", "{date}", "x {"])),
                "code_for": st.sampled_from(["save", "recovery"]),
            },
        ),
    },
    optional={
        "stop": st.booleans(),
        "priority": st.integers(-2, 2),
        "share": st.integers(1, 100),
        "experiment": st.just("e"),
        "valid_from": st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        "valid_until": st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    },
)


@calm
@given(st.lists(rule, max_size=6))
def test_rules_that_are_well_formed_are_never_refused_for_their_form(rules: list[dict[str, Any]]) -> None:
    text = dumped({"rules": [{"id": f"r{i}", **entry} for i, entry in enumerate(rules)]})
    check_and_load({"x.yaml": text})
    forms = {"unknown-key", "wrong-type", "wrong-form", "wrong-value", "yaml-syntax", "missing-id"}
    assert not forms & {problem.code for problem in check_files({"x.yaml": text}, SHOP, today=TODAY)}


def test_the_trees_of_this_test_know_every_key() -> None:
    assert set(Conditions.model_fields) <= set(KEYS)


def dumped(data: Any) -> str:
    out = StringIO()
    YAML(typ="safe", pure=True).dump(data, out)
    return str(out.getvalue())
