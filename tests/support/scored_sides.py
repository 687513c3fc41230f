"""Gold and a prediction of forty documents, which is right, wrong, or lacking in turns."""

import hashlib
from typing import Any

import spanproof
from spanproof.checks.examples import sound
from spanproof.metrics.score import Scores

TEXT = "Ana Silva met Bo Lee in Rio on Monday, and “we agree”, she said."
HASH = hashlib.sha256(TEXT.encode()).hexdigest()


def span(words: str, **members: Any) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words, **members}


def document(number: int, *, predicted: bool = False) -> Any:
    """A document of gold, or what is predicted of it: right, under another label, too short, or not at all."""
    way = number % 4 if predicted else 0
    label = ("PERSON", "ORG", "PERSON", "GPE")[way]
    names = [span("Ana Silva" if way < 2 else "Ana", id="e1", label=label, entity_id="ana-silva")]
    if number % 3:
        names.append(span("Rio", id="e2", label="GPE", entity_id="rio"))
    dates = [span("Monday", id="d1", type=("DATE", "TIME")[way == 3], value="XXXX-WXX-1", mod=None, anchor=None)]
    said = {
        "type": "direct",
        "continues": None,
        "utterance": f"utterance-{number}",
        "source": span("she"),
        "cue": span("said"),
        "speaker": (None, "ana-silva")[way < 3],
    }
    quotes = [span("we agree", id="q1", **said)]
    times = dates if number % 5 else []
    return sound(id=f"n{number:03}", text=TEXT, sha256=HASH, entities=names, dates=times, quotes=quotes)


GOLD = [document(k) for k in range(40)]
PREDICTED = [document(k, predicted=True) for k in range(38)]


def numbers(scores: Scores) -> Any:
    each = {
        (one.layer, one.part, one.measure, one.variant): (one.value, one.precision, one.recall, one.n, one.of)
        for one in scores.scores
    }
    return each, scores.documents, scores.sentences, scores.coverage, scores.foreign, scores.doubts


def demand_same_scores(scores: Scores, task: Any = "entities") -> None:
    assert numbers(scores) == numbers(spanproof.score(GOLD, PREDICTED, task, resamples=0))
