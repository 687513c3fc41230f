"""Direct quotations as annotations: their content, their source and cue, and finders that read pipelines of spaCy."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

import regex

from spanproof.schema.paths import Registries
from spanproof.systems import spacy_pipelines
from spanproof.systems.system import PartialAnswer, Predict, Source, per_text
from spanproof.text.segmentation import Extent, stripped

_PARAGRAPH = regex.compile(r"[^\r\n]*\S[^\r\n]*")

Find = Callable[[Any], Iterable[Any]]
"""Takes a parsed paragraph, returns triples of speaker, cue and content with its marks, all of tokens."""


def content(text: str, start: int, end: int) -> Extent:
    """Return what is said between two marks: without white space, and without the commas that lead to an attribution.

    Args:
        text: the text.
        start: the code point behind the opening mark.
        end: the code point of the closing mark.
    """
    start, end = stripped(text, start, end)
    return stripped(text, start, start + len(text[start:end].rstrip(",")))


def quotation(
    source: Source, inside: Extent, cue: Sequence[Extent], speaker: Sequence[Extent]
) -> dict[str, Any] | None:
    """Return a direct quotation as the quotes layer has it.

    The comma that leads over to the attribution isn't content. Source and cue reach from their first word to their
    last; neither reaches over the content, nor the cue over the source: where that would stand among the words, those
    on the side where most are count, else those behind it.

    Args:
        source: the text.
        inside: what stands between the marks (code points, half open).
        cue: the words that report.
        speaker: the words that name the speaker.

    Returns:
        The annotation; None if nothing but white space and commas stands between the marks.
    """
    start, end = content(source.text, *inside)
    if start >= end:
        return None
    names = _on_one_side(speaker, (start, end))
    reports = _on_one_side(cue, (start, end))
    named = _whole(names)
    if named:
        reports = _on_one_side(reports, (named["start"], named["end"]))
    annotation = {"type": "direct", "start": start, "end": end, "source": named, "cue": _whole(reports)}
    return {**annotation, "utterance": f"{source.id}-{start}"}


def _on_one_side(words: Sequence[Extent], middle: Extent) -> list[Extent]:
    """Return those of the words that stand behind a stretch, or, where more stand before it, those before it."""
    after = [word for word in sorted(words) if word[0] >= middle[1]]
    before = [word for word in sorted(words) if word[1] <= middle[0]]
    return max(after, before, key=len)


def _whole(words: Sequence[Extent]) -> dict[str, int] | None:
    return {"start": words[0][0], "end": max(end for _, end in words)} if words else None


def quotations(source: Source, pipeline: Any, find: Find, prepare: Callable[[str], str]) -> Iterator[dict[str, Any]]:
    """Yield the quotations of a text, paragraph by paragraph.

    A paragraph on which the finder fails has none, with a :class:`~spanproof.systems.system.PartialAnswer`.

    Args:
        source: the text.
        pipeline: a loaded pipeline of spaCy.
        find: the finder.
        prepare: makes of a paragraph what is parsed, in which every character stands where it stood.
    """
    for paragraph in _PARAGRAPH.finditer(source.text):
        with pipeline.memory_zone():
            try:
                triples = [_offsets(triple) for triple in find(pipeline(prepare(paragraph.group())))]
            except (ValueError, TypeError, LookupError) as error:
                where = f"{source.id}, the paragraph {paragraph.start()}:{paragraph.end()}"
                warnings.warn(PartialAnswer(f"{where}: {type(error).__name__}: {error}"), stacklevel=1)
                continue
        for triple in triples:
            (inside,), cue, speaker = (
                [(low + paragraph.start(), high + paragraph.start()) for low, high in extents] for extents in triple
            )
            annotation = quotation(source, inside, cue, speaker)
            if annotation:
                yield annotation


def _offsets(triple: Any) -> tuple[list[Extent], list[Extent], list[Extent]]:
    """Return the offsets in the paragraph of what stands between the marks, of the cue's words, of the speaker's."""
    first, last = triple.content[0], triple.content[-1]
    cue, speaker = (
        [(token.idx, token.idx + len(token.text)) for token in words] for words in (triple.cue, triple.speaker)
    )
    return [(first.idx + len(first.text), last.idx)], cue, speaker


def finder(module: str, name: str, prepare: Callable[[str], str] = str) -> Callable[[Registries], Predict]:
    """Return what loads a finder over the small English pipeline of spaCy without its entities.

    Args:
        module: where the finder is imported from.
        name: the function in the module that finds triples, see :data:`Find`.
        prepare: see :func:`quotations`.
    """

    def load(_: Registries) -> Predict:
        pipeline = spacy_pipelines.load(spacy_pipelines.SMALL_PACKAGE, exclude=["ner"])
        find = getattr(import_module(module), name)
        return per_text(lambda source: {"quotes": list(quotations(source, pipeline, find, prepare))})

    return load
