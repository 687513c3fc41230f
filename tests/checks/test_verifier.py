import ast
import copy
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spanproof.checks.certificate import certificate_of, texts_of
from spanproof.checks.verifier.claim import ENDS, Claim
from spanproof.checks.verifier.counting import tokens
from spanproof.checks.verifier.frames import FRAMES
from spanproof.checks.verifier.statement import certificate
from spanproof.checks.verifier.units import UNITS, ascii_of
from spanproof.checks.verifier.verify import UnusableError, verify
from spanproof.checks.verifier.writing import SURFACES
from spanproof.corpus.documents import Corpus
from spanproof.testing.open_world.cases import SCHEMA, Case, case
from spanproof.text.drift.hypotheses import Hypotheses
from spanproof.text.drift.units import UNITS as PLACED
from spanproof.text.drift.units import Unit
from spanproof.text.drift.units import ascii_of as placed_ascii_of
from spanproof.text.letters import Letters
from spanproof.text.segmentation import TOKEN
from support.documents import ROOT

Stated = tuple[Any, dict[tuple[str, str], Any]]
"""A certificate and the texts that it is of."""
SECOND = {"after": "end", "last": "last", "length": "length"}


def claims_of(broken: Case) -> list[tuple[str, str, Claim]]:
    """What the ground truth of a case proves."""
    drift = broken.drift
    units = [["utf-8"]] if broken.kind == "bytes" else [["white-space"]] if drift.collapsed else []
    widths = {} if units else {c: more for c, more in drift.widths.items() if more and c in broken.documents[0]["text"]}
    model = {"units": units, "widths": widths, "base": drift.shift, "frame": "text", "end": SECOND[drift.end]}
    texts = []
    for document, places in zip(broken.documents, broken.places, strict=True):
        spans = [(item["start"], item["end"], item["text"]) for item in document["names"]]
        claim = Claim(document["text"], spans, (), {**model, "surface": {}})
        sure = [at for at in claim.evidence if at[1:] == places[at[0]]]
        texts.append((document["id"], "text", replace(claim, placed=sure)))
    return texts


def proved(*kinds: str) -> Iterator[Stated]:
    """Certificates of cases that can be proved, and the texts that they are of."""
    for kind in kinds:
        for number in range(6):
            located = claims_of(case(kind, number))
            texts = {(document, member): (claim.text, claim.spans) for document, member, claim in located}
            stated = certificate([located])
            if not verify(stated, texts):
                yield json.loads(json.dumps(stated)), texts


@pytest.fixture(scope="module")
def certificates() -> list[Stated]:
    """Certificates of what is true, and of what a check finds."""
    kinds = ("edits", "paragraph", "sentence", "tokens", "surfaces", "width and surfaces")
    corpora = [Corpus.of(case(kind, number).documents, SCHEMA) for kind in kinds for number in range(2)]
    found = ((certificate_of(corpus).value, texts_of(corpus)) for corpus in corpora)
    written = [(json.loads(json.dumps(stated)), texts) for stated, texts in found if stated["proofs"]]
    return [*proved("shift", "one width", "bytes", "white space collapsed", "last unit", "length"), *written]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all values that aren't objects or lists, and of those lists and objects that are empty."""
    if isinstance(value, dict | list) and value:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    else:
        yield path


def containers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all objects and lists."""
    if isinstance(value, dict | list):
        yield path
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from containers(item, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def changed(stated: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    """A copy of a certificate in which one value is another."""
    stated = copy.deepcopy(stated)
    at(stated, path[:-1])[path[-1]] = change(at(stated, path))
    return stated


def other_values(value: Any) -> Iterator[Any]:
    """What a value that is neither an object nor a list with items might be instead."""
    if isinstance(value, int):
        yield from (value - 1, value + 1, value + 7, float(value), str(value), None)
        yield from ([bool(value)] if value in (0, 1) else [])
    elif isinstance(value, str):
        yield from (value + "x", value[:-1], None, 3)
        yield from (name for names in (UNITS, FRAMES, ENDS, SURFACES) if value in names for name in [*names][::5])
    else:
        yield from ([[1]] if value == [] else [{"x": 1}]) if value is not None else ()
        yield None


def verdict(stated: Any, texts: Any) -> bool:
    try:
        return not verify(stated, texts)
    except UnusableError:
        return False


def test_what_is_true_is_verified(certificates: list[Stated]) -> None:
    assert len(certificates) > 15
    assert {stated["proofs"][0]["model"]["end"] for stated, _ in certificates} == {*SECOND.values()}


def short(certificates: list[Stated]) -> list[Stated]:
    """The shortest certificates of each number of things that their model says."""
    kinds = {str({name: bool(value) for name, value in stated["proofs"][0]["model"].items()}): (stated, texts)
             for stated, texts in sorted(certificates, key=lambda pair: -len(str(pair)))}  # fmt: skip
    return [*kinds.values()]


def some(paths: Iterable[tuple[Any, ...]], most: int = 2) -> Iterator[tuple[Any, ...]]:
    """Paths of every kind, some of those that differ in their numbers alone."""
    counts = Counter[tuple[Any, ...]]()
    for path in paths:
        kind = tuple("#" if isinstance(step, int) or "refuted" in path[:k] else step for k, step in enumerate(path))
        counts[kind] += 1
        if counts[kind] <= most:
            yield path


def test_a_certificate_with_any_value_changed_is_refused(certificates: list[Stated]) -> None:
    for stated, texts in short(certificates):
        for path in some(leaves(stated)):
            value = at(stated, path)
            for other in (other for other in other_values(value) if (other, type(other)) != (value, type(value))):
                assert not verdict(changed(stated, path, lambda _, other=other: other), texts), (path, other)


def test_a_certificate_with_anything_added_or_left_out_is_refused(certificates: list[Stated]) -> None:
    for stated, texts in short(certificates):
        for path in some(containers({"": stated})):
            if not path:
                continue
            whole = {"": stated}
            value = at(whole, path)
            for key in [*value] if isinstance(value, dict) else range(len(value)):
                left = copy.deepcopy(value)
                del left[key]
                assert not verdict(changed(whole, path, lambda _, left=left: left)[""], texts), (path, key)
            more = {**value, "more": 1} if isinstance(value, dict) else [*value, *value[-1:]] if value else [[0, 1, 2]]
            assert not verdict(changed(whole, path, lambda _, more=more: more)[""], texts), path


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


def test_documents_that_the_corpus_lacks_are_named(certificates: list[Stated]) -> None:
    for stated, texts in certificates:
        named = [(one["document"], one["member"]) for proof in stated["proofs"] for one in proof["texts"]]
        for name, member in named:
            others = {key: value for key, value in texts.items() if key[0] != name}
            assert verify(stated, others) == [f"{name}: the corpus has no such document"]
            assert verify(stated, {**others, (name, "other"): ("", ())}) == [
                f"{name}: the document has no text {member!r}"
            ]


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
    model = {"units": [], "widths": {"&": 4}, "base": 0, "frame": "text", "end": "end", "surface": {}}
    for names, enough in ((5, True), (4, False)):
        placed = [(k, text.index(name), text.index(name) + 3) for k, (_, _, name) in enumerate(spans[:names])]
        stated = certificate([[("a", "text", Claim(text, spans[:names], placed, model))]])
        problems = verify(stated, {("a", "text"): (text, spans[:names])})
        assert (problems == []) == enough
    assert "the width of '&': 2 spans need it; expected more than 2" in problems


@pytest.mark.parametrize("thing", [{}, [], None, 3, {"certificate": "spanproof", "version": 2, "proofs": []}])
def test_what_is_no_certificate_is_unusable(thing: Any) -> None:
    with pytest.raises(UnusableError, match="expected a certificate of spanproof"):
        verify(thing, {})


def test_a_unit_that_cannot_be_counted_is_unusable(certificates: list[Stated]) -> None:
    stated, texts = copy.deepcopy(certificates[0])
    stated["proofs"][0]["model"]["units"] = [["furlongs"]]
    with pytest.raises(UnusableError, match="furlongs"):
        verify(stated, texts)


def test_the_verifier_needs_nothing_but_the_standard_library() -> None:
    folder = ROOT / "tools" / "spanproof" / "checks" / "verifier"
    files = {path: path.read_text("utf-8") for path in folder.glob("*.py")}
    imports = [node for text in files.values() for node in ast.walk(ast.parse(text))]
    names = {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    own = {f"spanproof.checks.verifier.{path.stem}" for path in files}
    assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} <= {*own, "regex"}
    assert all(len(text.splitlines()) <= 240 for text in files.values())


def counted(unit: Unit, text: str) -> Iterator[tuple[str, int, int | None, int]]:
    """Where a span may begin and end, and how the verifier and the placer count there."""
    known = unit.count(Letters(text))
    if known is not None:
        sides = (("start", known.starts, known.start), ("end", known.ends, known.end))
        for (side, can, offsets), counts in zip(sides, UNITS[unit.name](text), strict=True):
            for boundary in range(len(text) + 1) if can is None else np.flatnonzero(can).tolist():
                yield side, boundary, counts[boundary], int(offsets[boundary])


PIECES = (
    *"abzA .,;:'\"-_&<>\n\r\t\u00a0\ufeff\u24b6\x1c。…€—“ﬁßİé",
    *(
        "e\u0301",
        "\u0308",
        "Ã¼",
        "â€œ",
        "ड\u093c",
        "\n> > ",
        "《とう》",
        "\f",
        "  ",
        "\r\n",
        "😀",
        "👨\u200d👩\u200d👧",
        "🇩🇪",
        "क्षि",
        "न्",
        "각",
        "\u1100\u1161\u11a8",
        "ㄱㅏ",
        "ｶﾞ",
    ),
    *("&amp;", "&eacute;", "&#233;", '""', "%20", "%C3%A9", "\\n", "\\u00e9", "\\ud83d\\ude00", "\\\\"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_verifier_and_placer_count_alike(text: str) -> None:
    assert [unit.name for unit in PLACED] == [*UNITS]
    for unit in PLACED:
        if unit.name != "tokens-joined":
            assert all(mine == theirs for _, _, mine, theirs in counted(unit, text)), unit.name
    assert tokens(text) == [match.span() for match in TOKEN.finditer(text)]


def test_every_character_is_written_in_ascii_by_both() -> None:
    characters = [chr(point) for point in range(0x3100)]
    assert [*map(ascii_of, characters)] == [*map(placed_ascii_of, characters)]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map("".join))
def test_joined_tokens_are_counted_alike_where_tokens_begin_and_end(text: str) -> None:
    (unit,) = (unit for unit in PLACED if unit.name == "tokens-joined")
    begins, ends = ({extent[side] for extent in tokens(text)} for side in (0, 1))
    for side, boundary, mine, theirs in counted(unit, text):
        assert mine == theirs or boundary not in (begins if side == "start" else ends)


@given(st.lists(st.sampled_from((*PIECES, "\n\n", ". ", '!" ', "\n \n")), max_size=30).map("".join))
def test_verifier_and_placer_tell_the_same_frames(text: str) -> None:
    known = Hypotheses(Letters(text), ())
    for frame in known.frames:
        begins = [0, *FRAMES[frame](text)]
        mine = [max(begin for begin in begins if begin <= k) for k in range(len(text))]
        assert mine == known.bases(frame)[:-1].tolist()
