"""Attribution with partial credit: worked examples, and the numbers of the script of the German Wikinews corpus."""

import copy
import random
from typing import Any

import pytest

from spanproof.corpus.documents import Corpus
from spanproof.formats.discovery import read
from spanproof.metrics.score import Scores, score
from spanproof.schema.schema import Schema
from support.documents import ROOT

PARTS = ("quote", "cue", "speaker")
PART = {
    "type": "object",
    "annotationOf": {"fragments": "spans"},
    "properties": {
        "spans": {
            "type": "array",
            "items": {
                "type": "object",
                "spanOf": "text",
                "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
            },
        }
    },
}
QUOTATION = {
    "type": "object",
    "labelledBy": "type",
    "properties": {"type": {"type": "string"}, **dict.fromkeys(PARTS, PART)},
}
SCHEMA = Schema.of(
    {
        "type": "object",
        "properties": {"text": {"type": "string"}, "quotes": {"type": "array", "items": QUOTATION}},
    }
)
WORDS = 320

Quotation = tuple[str, dict[str, list[int]]]
"""The type, and the numbers of the words of each part."""


def document(quotations: list[Quotation]) -> dict[str, Any]:
    """A text of words of three letters; each word of a part is a fragment of its own."""

    def part(words: list[int]) -> dict[str, Any]:
        return {"spans": [{"start": 4 * word, "end": 4 * word + 3} for word in words]}

    items = [{"type": kind, **{name: part(words) for name, words in of.items()}} for kind, of in quotations]
    return {"text": " ".join(f"{word:03}" for word in range(WORDS)), "quotes": items}


def scored(gold: list[list[Quotation]], predicted: list[list[Quotation]]) -> Scores:
    sides = [Corpus.of(map(document, side), SCHEMA) for side in (gold, predicted)]
    return score(*sides, "annotations", resamples=0)


def three(scores: Scores, measure: str, layer: str | None = None) -> tuple[float | None, float | None, float | None]:
    found = scores.find(measure, layer)
    return found.precision, found.recall, found.value


def quotation(content: list[int], speaker: list[int], cue: list[int] | None = None) -> Quotation:
    return "direct", {"quote": content, "speaker": speaker, "cue": cue or []}


def test_a_token_short_costs_a_token_and_a_swapped_source_earns_nothing() -> None:
    gold = [quotation([5, 6, 7, 8], [1]), quotation([15, 16], [11])]
    short = [quotation([5, 6, 7], [1]), quotation([15, 16], [11])]
    swapped = [quotation([5, 6, 7, 8], [11]), quotation([15, 16], [1])]
    found = scored([gold], [short])
    assert found.find("exact").value == 0.5
    assert three(found, "aligned quote") == pytest.approx((1, 7 / 8, 14 / 15), abs=1e-6)
    assert three(found, "aligned speaker") == (1, 1, 1)
    assert three(found, "aligned cue") == (None, None, None)
    found = scored([gold], [swapped])
    assert three(found, "aligned quote") == (1, 1, 1)
    assert three(found, "aligned speaker") == three(found, "aligned parts") == (0, 0, 0)
    assert three(found, "aligned attribution") == (0.5, 0.5, 0.5)


def test_contents_that_share_nothing_are_no_pair() -> None:
    """The script of the corpus pairs them, and gives credit for the speaker that both have: F1 of roles is 1 there."""
    found = scored([[quotation([5, 6], [1])]], [[quotation([8, 9], [1])]])
    assert three(found, "aligned speaker") == (0, 0, 0)


def test_of_two_with_the_same_content_the_one_with_the_same_parts_is_the_partner() -> None:
    twins = [quotation([5, 6], [1]), quotation([5, 6], [2])]
    assert three(scored([twins], [twins[::-1]]), "aligned attribution") == (1, 1, 1)
    assert three(scored([twins], [twins[1:]]), "aligned speaker") == pytest.approx((1, 0.5, 2 / 3), abs=1e-6)


def test_what_one_side_lacks_is_0_and_undefined_where_it_has_nothing() -> None:
    one = [[quotation([5, 6], [1])]]
    assert three(scored(one, [[]]), "aligned quote") == (None, 0, 0)
    assert three(scored([[]], one), "aligned quote") == (0, None, 0)
    assert three(scored([[]], [[]]), "aligned quote") == (None, None, None)


def documents(seed: int) -> tuple[list[list[Quotation]], list[list[Quotation]]]:
    """Thirty documents and what a system might say of them: cut contents of two fragments, swapped speakers, others."""
    rng = random.Random(seed)
    both: tuple[list[list[Quotation]], list[list[Quotation]]] = ([], [])
    for _ in range(30):
        gold: list[Quotation] = []
        for k in range(rng.randrange(6)):
            at = 40 * k
            content = [*range(at + 10, at + 14 + rng.randrange(12))]
            if rng.random() < 0.3:
                content = content[:3] + content[4:]
            parts = {
                "quote": content,
                "speaker": [at, at + 1, at + 2][: rng.randrange(4)],
                "cue": [at + 4, at + 5][: rng.randrange(3)],
            }
            gold.append((rng.choice(["Direct", "Indirect", "Reported"]), parts))
        guess: list[Quotation] = []
        for kind, parts in gold:
            if rng.random() < 0.2:
                continue
            short = {name: t[rng.randrange(2) :] if rng.random() < 0.4 else t for name, t in parts.items()}
            if rng.random() < 0.2:
                short["quote"] = [t + 2 for t in short["quote"]]
            guess.append((kind if rng.random() < 0.8 else "Direct", short))
        if rng.random() < 0.3:
            guess.append(("Direct", {"quote": [300, 301], "speaker": [302], "cue": [303]}))
        if len(guess) > 1 and rng.random() < 0.4:
            one, two = guess[0][1], guess[1][1]
            one["speaker"], two["speaker"] = two["speaker"], one["speaker"]
        both[0].append(gold)
        both[1].append(guess)
    return both


# What eval/eval.py of uhh-lt/german-news-quotation-attribution-2024 says of the same documents, a word a token: macro
# precision, recall and F1 of messages, roles and both.
WIKINEWS = {
    1: ((0.82144, 0.734396, 0.775483), (0.784946, 0.651961, 0.7123), (0.79996, 0.685792, 0.73849)),
    2: ((0.808831, 0.775211, 0.791664), (0.666667, 0.626168, 0.645783), (0.72497, 0.687587, 0.705784)),
    3: ((0.817393, 0.708501, 0.759062), (0.692982, 0.593333, 0.639298), (0.743524, 0.640595, 0.688233)),
}


@pytest.mark.parametrize("seed", WIKINEWS)
def test_the_script_of_german_wikinews_gives_the_same_numbers(seed: int) -> None:
    found = scored(*documents(seed))
    for measure, expected in zip(("quote", "parts", "attribution"), WIKINEWS[seed], strict=True):
        assert three(found, f"aligned {measure}") == pytest.approx(expected, abs=2e-6)


def test_our_quotations_have_partial_credit_for_the_speaker_too() -> None:
    gold = [copy.deepcopy(document) for document in read(ROOT / "annotations" / "gold").documents()][:1]
    gold[0]["quotes"] = gold[0]["quotes"][:2]
    guess = copy.deepcopy(gold)
    one, two = guess[0]["quotes"]
    one["speaker"], two["speaker"] = "somebody-else", None
    two["end"] -= 12
    found = score(Corpus.of(gold), Corpus.of(guess), "quotations", resamples=0)
    assert three(found, "aligned speaker") == (0, 0, 0)
    assert three(found, "aligned source") == three(found, "aligned cue") == (1, 1, 1)
    content = found.find("aligned content")
    assert content.precision == 1
    assert content.recall is not None
    assert 0.9 < content.recall < 1
