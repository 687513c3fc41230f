"""``quotes-baseline``: what stands in quotation marks next to a verb of speech, with the nearest capitalised name.

The speaker is that name, the utterance the words that the quotation begins with.
"""

from collections.abc import Iterator
from typing import Any

import regex

from spanproof.systems.names import full_name, slug, words_of
from spanproof.systems.quotations import content
from spanproof.systems.system import Source, System, per_text
from spanproof.text.segmentation import Extent

_MARKED = regex.compile(r'[“„](?P<in>[^“”„"\n]+)[”“"]|"(?P<in>[^"“”„\n]+)["”]|«(?P<in>[^«»\n]+)»')
_STOP = regex.compile(r'[\n“”„"«»]|[.!?](?=\s|$)')
_CUE = regex.compile(
    r"(?<!\w)(?:(?:has|have|had|was|were)\s)?(?:said|says|say|told|tells|added|adds|adding|announced|announcing|asked"
    r"|according\sto|claimed|confirmed|declared|explained|insisted|noted|quoted|cited|replied|reported|saying|stated"
    r"|stressed|stressing|tweeted|warned|warning|wrote|writes)(?!\w)",
    regex.IGNORECASE,
)
_NO_NAME = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|In|On|At|But|And|As|When|While|After|Before"
_CAPITAL = rf"(?!(?:{_NO_NAME})(?!\w))\p{{Lu}}[\w\p{{M}}]*(?:[-’'.]\p{{Lu}}[\w\p{{M}}]*)*"
_NAME = regex.compile(
    rf"(?<!\w)(?:{_CAPITAL}(?:[ \u00a0](?:(?:of|the|de|van|von|bin|al)[ \u00a0])?{_CAPITAL})*|he|she|they|we|it)(?!\w)"
)
_PRONOUNS = ("i", "you", "he", "she", "they", "we", "it")
_WINDOW = 150
_WORDS = 4
_OPENING = 5


def _windows(text: str, start: int, end: int) -> tuple[Extent, Extent]:
    """Return what stands of the sentence after a quotation in marks and before it: to a mark, its end, a line break."""
    after = _STOP.search(text, end, end + _WINDOW)
    low = max(0, start - _WINDOW)
    before = [match.end() for match in _STOP.finditer(text, low, start)]
    return (end, after.start() if after else min(len(text), end + _WINDOW)), (before[-1] if before else low, start)


def _attribution(text: str, window: Extent, mark: int) -> tuple[Extent, Extent | None] | None:
    """Return the cue that is nearest to the mark with the name that is nearest to the cue; None without a cue."""

    def distance(one: Extent, other: Extent) -> tuple[int, int]:
        return max(one[0] - other[1], other[0] - one[1]), one[0]

    cues = [match.span() for match in _CUE.finditer(text, *window)]
    if not cues:
        return None
    cue = min(cues, key=lambda span: distance(span, (mark, mark)))
    names = [match.span() for match in _NAME.finditer(text, *window)]
    apart = [span for span in names if span[1] <= cue[0] or span[0] >= cue[1]]
    return cue, min(apart, key=lambda span: distance(span, cue), default=None)


def _speaker(name: str, text: str) -> str | None:
    """Return who is meant by a name: the last two words of the first longer name in the text that ends with it."""
    if name.casefold() in _PRONOUNS:
        return None
    named = (words_of(match.group())[-2:] for match in _NAME.finditer(text))
    return slug(full_name(words_of(name)[-2:], named))


def _quotes(source: Source) -> Iterator[dict[str, Any]]:
    text = source.text
    for match in _MARKED.finditer(text):
        start, end = content(text, *match.span("in"))
        if len(text[start:end].split()) < _WORDS:
            continue
        after, before = _windows(text, match.start(), match.end())
        attribution = _attribution(text, after, match.end()) or _attribution(text, before, match.start())
        if attribution is not None:
            cue, name = attribution
            yield {
                "type": "direct",
                "start": start,
                "end": end,
                "source": None if name is None else {"start": name[0], "end": name[1]},
                "cue": {"start": cue[0], "end": cue[1]},
                "speaker": None if name is None else _speaker(text[slice(*name)], text),
                "utterance": slug(words_of(text[start:end])[:_OPENING]) or f"{source.id}-{start}",
            }


SYSTEM = System(
    name="quotes-baseline",
    version="2",
    licence="Apache-2.0",
    weights=None,
    predicts={"quotes": ("direct",)},
    limits="English. It finds direct speech of four words or more, in double marks on one line, with a verb of a "
    "short list in the same sentence. It finds nothing indirect or mixed. The speaker is the last two words of the "
    "source's name. If the source is a single word, it is those of the first longer name in the text that ends with "
    "this word. A pronoun has no speaker. Quotations that begin with the same five words are one utterance. It knows "
    "no registry: its identifiers are words. If a quotation mark isn't closed, it may be paired with the next mark on "
    "its line. Its authors saw the documents that the toolkit was developed with, so its score on them is in-sample.",
    open=lambda _: per_text(lambda source: {"quotes": list(_quotes(source))}),
    in_sample=("quotes",),
)
