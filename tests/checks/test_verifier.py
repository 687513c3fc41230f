import ast
import copy
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from spanproof.checks.certificate import certificate, proof
from spanproof.checks.verifier import counting
from spanproof.checks.verifier.verify import Claim, UnusableError, verify
from spanproof.testing.open_world.cases import Case, case
from support.documents import ROOT

Stated = tuple[Any, dict[tuple[str, str], Any]]
"""A certificate and the texts that it is of."""
ENDS = {"after": "end", "last": "last", "length": "length"}


def claims_of(broken: Case) -> tuple[dict[str, Any], list[tuple[str, str, Claim]]]:
    """What the ground truth of a case proves."""
    drift = broken.drift
    units = ["utf-8"] if broken.kind == "bytes" else ["white-space"] if drift.collapsed else []
    widths = {} if units else {c: more for c, more in drift.widths.items() if more and c in broken.documents[0]["text"]}
    model = {"units": units, "widths": widths, "base": drift.shift, "end": ENDS[drift.end], "surface": ""}
    texts = []
    for document, places in zip(broken.documents, broken.places, strict=True):
        spans = [(item["start"], item["end"], item["text"]) for item in document["names"]]
        whole = {**model, "edits": [], "borders": []}
        every = [(k, *place) for k, place in enumerate(places) if place is not None]
        claim = Claim(document["text"], spans, every, whole)
        sure = [at for at in every if claim.starts(*at) == [at[1]]]
        texts.append((document["id"], "text", Claim(document["text"], spans, sure, whole)))
    return model, texts


def proved(*kinds: str) -> Iterator[Stated]:
    """Certificates of cases that can be proved, and the texts that they are of."""
    for kind in kinds:
        for number in range(12):
            model, located = claims_of(case(kind, number))
            texts = {(document, member): (claim.text, claim.spans) for document, member, claim in located}
            stated = certificate([proof(model, located)])
            if not verify(stated, texts):
                yield json.loads(json.dumps(stated)), texts


@pytest.fixture(scope="module")
def certificates() -> list[Stated]:
    return list(proved("shift", "one width", "bytes", "white space collapsed", "last unit", "length"))


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all numbers."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(item, (*path, key))
    elif isinstance(value, int):
        yield path


def changed(value: Any, path: tuple[Any, ...], by: int) -> Any:
    value = copy.deepcopy(value)
    inner = value
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] += by
    return value


def verdict(stated: Any, texts: Any) -> bool:
    try:
        return not verify(stated, texts)
    except UnusableError:
        return False


def test_what_is_true_is_verified(certificates: list[Stated]) -> None:
    assert len(certificates) > 20
    assert {stated["proofs"][0]["model"]["end"] for stated, _ in certificates} == {*ENDS.values()}


def test_a_certificate_with_any_number_changed_is_refused(certificates: list[Stated]) -> None:
    for stated, texts in sorted(certificates, key=lambda pair: len(str(pair)))[:18:2]:
        for path in [*numbers(stated)][:: max(1, len([*numbers(stated)]) // 12)]:
            for by in (-1, 1, 7):
                assert not verdict(changed(stated, path, by), texts), path


def test_a_certificate_of_another_state_of_the_corpus_is_refused(certificates: list[Stated]) -> None:
    for stated, texts in certificates[::3]:
        (key, (text, spans)), *_ = texts.items()
        assert not verdict(stated, {**texts, key: (text + " ", spans)})
        assert not verdict(stated, {**texts, key: (text, [*spans, (0, 1, text[0])])})
        unplaced = set(range(len(spans))) - {place[0] for place in stated["proofs"][0]["texts"][0]["placed"]}
        for k in unplaced:
            other = [*spans]
            other[k] = (spans[k][0] + 1, *spans[k][1:])
            assert not verdict(stated, {**texts, key: (text, other)})
        assert not verdict(stated, {})


def test_a_corrected_corpus_is_verified_as_well(certificates: list[Stated]) -> None:
    for stated, texts in certificates[::3]:
        after = {}
        for each in stated["proofs"][0]["texts"]:
            text, spans = texts[each["document"], each["member"]]
            put = {k: (start, end, text[start:end]) for k, start, end in each["placed"]}
            after[each["document"], each["member"]] = text, [put.get(k, span) for k, span in enumerate(spans)]
        assert verify(stated, after) == []


def test_a_parameter_needs_two_witnesses_more_than_it_was_fitted_to() -> None:
    text = "Ana met Ben. Cem & Dan & Eve & Fay."
    spans = [(at + 4 * text.count("&", 0, at), at, name) for name in ("Ana", "Ben", "Dan", "Eve", "Fay")
             for at in [text.index(name)]]  # fmt: skip
    spans = [(low, low + 3, name) for low, _, name in spans]
    model = {"units": [], "widths": {"&": 4}, "base": 0, "end": "end", "surface": ""}
    whole = {**model, "edits": [], "borders": []}
    for names, enough in ((5, True), (4, False)):
        placed = [(k, text.index(name), text.index(name) + 3) for k, (_, _, name) in enumerate(spans[:names])]
        claim = Claim(text, spans[:names], placed, whole)
        stated = certificate([proof(model, [("a", "text", claim)])])
        problems = verify(stated, {("a", "text"): (text, spans[:names])})
        assert (problems == []) == enough
    assert "the width of '&': expected more than 2 witnesses, 2 need it" in problems


@pytest.mark.parametrize("thing", [{}, [], None, 3, {"certificate": "spanproof", "version": 2, "proofs": []}])
def test_what_is_no_certificate_is_unusable(thing: Any) -> None:
    with pytest.raises(UnusableError, match="expected a certificate of spanproof"):
        verify(thing, {})


def test_a_unit_that_cannot_be_counted_is_unusable(certificates: list[Stated]) -> None:
    stated, texts = copy.deepcopy(certificates[0])
    stated["proofs"][0]["model"]["units"] = ["furlongs"]
    with pytest.raises(UnusableError, match="furlongs"):
        verify(stated, texts)


def test_the_verifier_needs_nothing_but_the_standard_library() -> None:
    folder = ROOT / "tools" / "spanproof" / "checks" / "verifier"
    files = {path: path.read_text("utf-8") for path in folder.glob("*.py")}
    imports = [node for text in files.values() for node in ast.walk(ast.parse(text))]
    names = {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} == {counting.__name__}
    assert all(len(text.splitlines()) <= 200 for text in files.values())
