"""What is said of many documents at once is what each of them says by itself."""

import re
from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from spanproof.testing.open_world.drifts import Drift, drifted
from spanproof.testing.open_world.texts import LANGUAGES, written
from spanproof.text.drift import stands
from spanproof.text.drift.shared import Annotated, DriftingText, SharedModel
from spanproof.text.drift.silent import _may_be_silent
from spanproof.text.drift.slipped import FEWEST, _slipped
from spanproof.text.drift.span_columns import Span
from spanproof.text.drift.together import Together

SHARED = (
    SharedModel((), (), 3, "end"),
    SharedModel((), (), -2, "end"),
    SharedModel((), (), 0, "last"),
    SharedModel((), (), 0, "length"),
    SharedModel((), (), 1, "points"),
    SharedModel(("utf-16",), (), 0, "end"),
    SharedModel(("utf-8",), (), 0, "last"),
    SharedModel(("utf-8",), (), 0, "surface"),
    SharedModel((), (), 3, "surface"),
    SharedModel(("blanks-dropped",), (), 0, "length"),
    SharedModel(("utf-16",), (("&", 4),), 1, "end"),
    SharedModel((), (("e", -1), (" ", 2)), -3, "end"),
)
DRIFTS = (
    Drift(shift=3),
    Drift(shift=-2),
    Drift(end="last"),
    Drift(end="length"),
    Drift(shift=1, end="length"),
    Drift(widths={"😀": 1}),
    Drift(widths={character: len(character.encode()) - 1 for character in "äöüßéłñčšž😀“”–"}, end="last"),
    Drift(widths={character: len(character.encode()) - 1 for character in "äöüßéłñčšž😀“”–"}, end="surface"),
    Drift(widths={" ": -1, "\n": -1}, end="length"),
    Drift(shift=1, widths={"&": 4, "😀": 1}),
    Drift(shift=-3, widths={"e": -1, " ": 2}),
    Drift(shift=3, share=0.7),
    Drift(shift=3, edits=1),
    Drift(shift=3, frame="paragraph"),
    Drift(frame="sentence"),
    Drift(shift=3, surface="truncated"),
    Drift(surface="quoted"),
    Drift(surface="truncated", end="last"),
)


def odd(random: Random, spans: list[Span]) -> list[Span]:
    """Spans with something that documents seldom have."""
    start, end, surface = spans[0]
    more = [(start, end, surface), (start, end, "Ana"), (start, end + 1, surface + " "), (-2, 4, "Oslo"), (9, 7, "a")]
    more += [(start, start, ""), (0, 10_000, "Ana"), (start + 1, end + 1, surface), (start, end, f"“{surface}”")]
    changed = [*spans, random.choice(more)]
    random.shuffle(changed)
    return changed


def documents(seed: str) -> Iterator[Annotated]:
    random = Random(seed)
    for number in range(170):
        text = written(random, random.choice((1, 2, 3, 6, 12, 24)), random.choice(LANGUAGES[:3]))
        mentions = [mention for mention in text.mentions if random.random() < 0.8][: random.choice((1, 5, 99, 99, 200))]
        now, placed = drifted(DRIFTS[number % len(DRIFTS)], text, mentions, random)
        spans: list[Span] = [(span.start, span.end, span.surface or "") for span in placed]
        if not spans:
            continue
        if random.random() < 0.15:
            spans = odd(random, spans)
        contexts = [("a" if random.random() < 0.01 else "", "") for _ in spans]
        yield Annotated(now, spans, contexts, [random.randrange(20) for _ in spans] if random.random() < 0.2 else ())
    for size in (-22, -3, 1, 3, 22, 44):
        text = "Ana met Oslo. " * 3 + "\nAna met Oslo & Ana. " * 10
        places = [match.span() for match in re.finditer("Ana|Oslo", text)][9:30]
        repeated: list[Span] = [(a + size, b + size, text[a:b]) for a, b in places]
        yield Annotated(text, repeated, [("", "")] * len(repeated))
    yield Annotated("", [(0, 3, "Ana")], [("", "")])
    yield Annotated("Ana", [], [])


@pytest.mark.parametrize(("seed", "find"), [("a", 1), ("b", 2_000), ("c", 1_000_000)])
def test_together_documents_say_what_each_says_alone(seed: str, find: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stands, "_FIND", find)  # from texts that are searched one by one to all that are joined
    some = list(documents(seed))
    together, alone = Together(some), [DriftingText(one) for one in some]
    said = Counter[tuple[bool, bool]]()
    for k, document in enumerate(alone):
        if together.wrong[k] >= 0:
            assert (min(8, int(together.wrong[k])), int(together.letters[k])) == document.tells
    for shared in SHARED:
        tried = together.tried(shared)
        for k, document in enumerate(alone):
            there = document.places(shared)
            said[tried.known[k], there is not None] += 1
            if not tried.known[k]:
                continue
            assert tried.explains[k] == (there is not None), (k, shared)
            if there is not None:
                assert together.placements(tried, k) == document.placements(there)
                assert together.placements(tried, k).different == len(there.start)
                assert tried.moved[k] == document.moved(there)
    assert said[True, True] > said[False, True] > 0, said
    assert said[True, False] > 500


def test_what_may_be_silent_or_slipped_is_looked_at_alone() -> None:
    some, random = list(documents("spans")), Random(0)
    for by in (1, -1) * 10:
        text = written(random, 12)
        spans = sorted({(one.start, one.end, text.text[one.start : one.end]) for one in text.mentions})
        words = [surface for *_, surface in spans]
        slipped = [(*span[:2], other) for span, other in zip(spans, words[by:] + words[:by], strict=True)]
        some.append(Annotated(text.text, slipped, [("", "")] * len(spans)))
    together = Together(some)
    telling, slipping = together.telling.tolist(), together.may_have_slipped(FEWEST).tolist()
    silent, slips = [_may_be_silent(one) for one in some], [_slipped(one) != 0 for one in some]
    assert not any(one and other for one, other in zip(telling, silent, strict=True))
    assert all(one or not other for one, other in zip(slipping, slips, strict=True))
    assert any(silent)
    assert 0 < sum(slips) <= sum(slipping) < len(some) / 2 < sum(telling)


def test_models_that_put_spans_of_documents_at_the_same_places_are_alike() -> None:
    some = [one for one in documents("alike") if max(one.text, default="") <= "\uffff"]
    together = Together(some)
    plain, other = (together.tried(SharedModel(units, (), 3, "end")) for units in ((), ("utf-16",)))
    far = together.tried(SharedModel((), (), 4, "end"))
    explained = [
        k for k, (known, explains) in enumerate(zip(plain.known, plain.explains, strict=True)) if known and explains
    ]
    assert explained
    assert all(together.are_alike(plain, other)[k] and not together.are_alike(plain, far)[k] for k in explained)


def test_a_span_that_could_begin_many_sentences_counts_once_against_a_shared_model() -> None:
    text = "Ana met Bo. " + "".join(f"Ana {word} to Oslo. " for word in ("went", "ran", "wandered", "drove", "wrote"))
    spans: list[Span] = [(m.start(), len(m.group()), m.group()) for m in re.finditer("Ana|Bo|Oslo", text)][:4]
    document = DriftingText(Annotated(text, spans, [("", "")] * len(spans)))
    assert document.places(SharedModel((), (), 0, "length")) is not None
