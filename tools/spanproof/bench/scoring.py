"""``spanproof.score``: two corpora on a task, or texts in memory with gold and what a model says of them.

A model is a pipeline of spaCy, a token-classification pipeline of ``transformers``, any function of a text, or spans
that were predicted before. Gold and predictions pass the check first, as on the command line.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from operator import index
from pathlib import Path
from typing import Any, TypeGuard

from spanproof.bench.sides import as_side
from spanproof.bench.soundness import known_to, sound_scores
from spanproof.corpus.documents import Corpus
from spanproof.corpus.relabelling import demand_renaming, labels_of, relabelled
from spanproof.formats.discovery import Openable
from spanproof.metrics import plain
from spanproof.metrics.label_sets import LabelTable, labels_of_table
from spanproof.metrics.records import TEXTS
from spanproof.metrics.score import Scores
from spanproof.metrics.task_layers import TASKS, Task
from spanproof.parsing.arguments import demanding
from spanproof.text.tags import Labelled, spans_of_tags

Text = str | Sequence[str]
"""A text, or its tokens, which are joined by one blank."""
Model = Callable[[str], Any]
"""Takes a text, returns its spans: a document of spaCy, objects of ``transformers``, or triples."""


@demanding("labels", "layer", "names", "renamed", "resamples", "seed")
def score(
    gold: Openable | Iterable[Text],
    predicted: Openable | Iterable[Any],
    by: Task | Model | Iterable[Any],
    *,
    labels: str | LabelTable | None = None,
    layer: str | None = None,
    names: Sequence[str] | None = None,
    records: Sequence[Hashable] | None = None,
    renamed: Mapping[str, str] | None = None,
    resamples: int = 1000,
    seed: int = 0,
) -> Scores:
    """Score a prediction against gold: ``score(gold, predicted, task)``, or ``score(texts, gold, model)``.

    Of texts, gold is a list for each: spans as (start, end, label) or as objects with these members, or a tag for each
    token, as a name or as a number that ``names`` has a name for. A model is asked text by text. Offsets are code
    points, half open.

    Args:
        gold: the reference: a corpus, a path, several paths, or documents; or texts.
        predicted: the same documents, or some of them; or the gold of the texts.
        by: the task; or what predicts: a model, or its predictions in any form that gold may have.
        labels: see :func:`spanproof.metrics.score.score`.
        layer: likewise.
        names: what numbers of labels or tags stand for, as ``features["ner_tags"].feature.names`` of a dataset.
        records: for texts, what each is part of (``[dialogue_of_turn_1, ...]``): records are drawn for the intervals,
            since parts of one are alike. None if each text is independent of the others.
        renamed: labels of the prediction, and what gold calls them.
        resamples: draws for each interval; 0 for none.
        seed: of the draws.

    Raises:
        ValueError: gold or prediction is unsound, in another form, of other texts, or its offsets are counted
            otherwise; the message says where, and what is right.
        TypeError: a side is nothing that can be opened, or what should be a list of spans, or a span, is none.
    """
    _demand_names(renamed, labels, names)
    options: dict[str, Any] = {"labels": labels, "renamed": renamed, "resamples": resamples, "seed": seed}
    if isinstance(by, str):
        task = next((name for name in TASKS if name == by), None)
        if task is None:
            raise ValueError(f"{by!r} isn't a task; expected one of {', '.join(TASKS)}")
        if records is not None:
            raise ValueError(
                "records is given beside two corpora; expected none: their schema says what documents are parts of"
            )
        sides: tuple[Any, Any] = gold, predicted  # a schema of its own is taken from the first
        reference = as_side(sides[0])
        unmapped = as_side(sides[1], reference)
        if renamed:
            demand_renaming(renamed, labels_of(unmapped), known_to(reference, labels))
        guess = relabelled(unmapped, renamed or {})
        return sound_scores(reference, guess, task, layer=layer, **options)
    reference, guess = _corpora(_listed(gold, "texts"), _listed(predicted, "gold"), by, names, renamed or {}, labels)
    of_texts = plain.records_of_texts(reference, records)
    return sound_scores(reference, guess, "entities", layer="spans", records=of_texts, unit=TEXTS, **options)


def _demand_names(renamed: Any, labels: Any, names: Any) -> None:
    """Raise TypeError if options that say what labels are called aren't what they should be."""
    pairs = renamed.items() if isinstance(renamed, Mapping) else [(renamed, None)] if renamed is not None else ()
    if any(not isinstance(word, str) for pair in pairs for word in pair):
        raise TypeError(
            f"renamed is {renamed!r:.80}; expected an object from labels of the prediction to labels of gold, as "
            '{"PERSON": "PER"}'
        )
    if not isinstance(labels, str | Mapping | None):
        raise TypeError(f"labels is {labels!r:.80}; expected the name of a label set, or an object from label to label")
    if isinstance(names, str | Mapping) or not isinstance(names, Iterable | None):
        raise TypeError(f"names is {names!r:.80}; expected a list of names, in which number 0 is the first")


def _listed(values: Any, what: str) -> list[Any]:
    if isinstance(values, str | Mapping | Path) or not isinstance(values, Iterable):
        raise TypeError(
            f"expected a list of {what}, got {type(values).__name__}; a task as the third takes two corpora"
        )
    return list(values)


def _corpora(
    texts: Sequence[Text],
    gold: Sequence[Any],
    by: Model | Iterable[Any],
    names: Sequence[str] | None,
    renamed: Mapping[str, str],
    labels: str | LabelTable | None,
) -> tuple[Corpus, Corpus]:
    """Return gold and what a model says of some texts as corpora.

    Args:
        texts: the texts.
        gold: of each text.
        by: the model, or its predictions.
        names: what numbers of labels stand for.
        renamed: what labels of the prediction are called in gold.
        labels: the label set that was chosen.
    """
    laid = [_laid(text) for text in texts]
    answers = [by(text) for text, _ in laid] if callable(by) else _listed(by, "predictions")
    if not len(gold) == len(answers) == len(laid):
        sizes = f"{len(laid)} texts have {len(gold)} of gold and {len(answers)} predictions"
        raise ValueError(f"{sizes}; expected one of each for every text")
    right, guesses = (
        [_spans(answer, offsets, names) for answer, (_, offsets) in zip(side, laid, strict=True)]
        for side in (gold, answers)
    )
    if renamed:
        unmapped, known = ({label for spans in side for *_, label in spans} for side in (guesses, right))
        demand_renaming(renamed, unmapped, known | labels_of_table(labels))
    mapped = [[(start, end, renamed.get(label, label)) for start, end, label in spans] for spans in guesses]
    return plain.corpora([text for text, _ in laid], right, mapped)


def _laid(text: Text) -> tuple[str, list[tuple[int, int]]]:
    """Return a text and where its tokens are; without tokens none."""
    if isinstance(text, str):
        return text, []
    offsets, at = list[tuple[int, int]](), 0
    for token in text:
        offsets.append((at, at + len(token)))
        at += len(token) + 1
    return " ".join(text), offsets


def _spans(answer: Any, offsets: Sequence[tuple[int, int]], names: Sequence[str] | None) -> list[Labelled]:
    """Return the spans of a text in whatever form they were given.

    Raises:
        ValueError: a number has no name, or tags have no tokens.
        TypeError: the form is none that is known.
    """
    if hasattr(answer, "ents"):
        return [(span.start_char, span.end_char, span.label_) for span in answer.ents]
    if isinstance(answer, str | Mapping) or not isinstance(answer, Iterable):
        raise TypeError(f"the spans of a text are {answer!r:.80}; expected a list of them, empty for none")
    items = list(answer)
    if items and _are_tags(items):
        if not offsets:
            raise ValueError(f"{items!r:.80} are tags of a text without tokens; expected the text as a list of tokens")
        return plain.spans((_name(tag, names) for tag in items), offsets)
    spans = [_triple(item, names) for item in items]
    if spans and all(isinstance(item, Mapping) and "entity" in item for item in items):
        return list(spans_of_tags(_pieces(items, spans)))
    return spans


def _pieces(items: Sequence[Mapping[str, Any]], tags: Sequence[Labelled]) -> Iterator[Labelled]:
    """Yield the pieces of words that transformers gives without aggregation, and an O where it left pieces out."""
    last, reached = None, 0
    for item, (start, end, tag) in zip(items, tags, strict=True):
        if last is not None and item.get("index") != last + 1:
            yield reached, start, "O"
        yield start, end, tag
        last, reached = item.get("index"), end


def _are_tags(items: Sequence[Any]) -> TypeGuard[Sequence[str | int]]:
    return all(isinstance(item, str) or hasattr(item, "__index__") for item in items)


def _triple(item: Any, names: Sequence[str] | None) -> Labelled:
    start, end, label = plain.triple(item)
    if not (isinstance(label, str) or hasattr(label, "__index__")):
        raise TypeError(f"{item!r:.80} isn't a span; its label is {label!r:.80}, expected a name or its number")
    return start, end, _name(label, names)


def _name(label: Any, names: Sequence[str] | None) -> str:
    """Return a label, by its number where it is one."""
    if isinstance(label, str):
        return label
    number = index(label)
    if names is None:
        raise ValueError(
            f"{number} is the number of a label; expected its name, or names= what numbers stand for, as "
            'features["ner_tags"].feature.names of a dataset has it'
        )
    if not 0 <= number < len(names):
        raise ValueError(f"{number} isn't a label of {len(names)} names; expected 0 to {len(names) - 1}")
    return names[number]
