"""SP107 to SP110: where a span begins and ends: white space, characters, words, context."""

from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Bools, indices
from spanproof.checks.borders import Guess, guess_of
from spanproof.checks.examples import one_entity
from spanproof.checks.proof import out_of_context
from spanproof.checks.rule import Hit, rule
from spanproof.checks.view import Spans, View
from spanproof.schema.node import Node
from spanproof.text import characters
from spanproof.text.display import literal
from spanproof.text.index import splits_cluster


def _breaks_line(space: str) -> bool:
    return len(f".{space}.".splitlines()) > 1


def _likely(hit: Hit, guess: Guess | None) -> Hit:
    """Return a hit with the likely cause of its document, whose correction is that of all spans."""
    return hit._replace(cause=guess[0], fix=guess[1], level="likely") if guess else hit


def _shifted(spans: Spans) -> Bools:
    """Say which spans cut a word and have white space at their other end: both offsets may be shifted."""
    before, first, last, after = spans.edges
    space, word = (first | last) & characters.SPACE > 0, (before & first | last & after) & characters.WORD > 0
    return spans.known & spans.same & space & word


@rule("SP107", "edge-space", needs=Node.span_of, bad=one_entity(0, 10, "Ana Silva "))
def edge_space(view: View) -> Iterator[Hit]:
    """The span begins or ends with white space.

    Many programs trim such a span, or refuse it. Corrected by trimming, if the stored words match the text at the
    present offsets and no span in the document is misplaced. An annotation that begins or ends at a line break isn't
    trimmed: a format with one line for each annotation may have cut it there. Neither is `ilva ` of `Ana Silva said`:
    the words were copied at shifted offsets. In a document with such a span, trimming others is only likely, and so it
    is in a script without blanks between words, where nothing shows whether a word was cut.

    If many spans don't begin and end at word boundaries (or at tokens, if the document has a layer of them), and no
    stored words differ from the text, spanproof tries other ways of counting. If one of them puts nearly all spans on
    whole words, it is named as the likely cause, and nothing is trimmed. If several do, the message names those that
    put the spans on words that most often have the same label in other documents. `--fix --likely` then moves the spans
    of each document in which the cause puts all of them on whole words.

    Waive it where the layer is about white space.
    """
    for spans in view.spans.values():
        _, first, last, _ = spans.edges
        space = (first | last) & characters.SPACE > 0
        shifted = _shifted(spans)
        beside = np.isin(spans.items.doc, spans.items.doc[shifted])
        for k in indices(space & spans.sound).tolist():
            text = view.string(int(spans.items.doc[k]), spans.member)
            start, end = int(spans.start[k]), int(spans.end[k])
            slice_ = text[start:end]
            core = slice_.strip()
            start += len(slice_) - len(slice_.lstrip())
            end = start + len(core)
            cut = any(_breaks_line(edge) for edge in slice_.split(core)) if core else False
            guess = guess_of(view, spans, k)
            right = f"expected {start}:{end}, {literal(core)}" if core else "it holds nothing else"
            if guess:
                right = "its offsets may count otherwise"
            elif cut:
                right = "it may have been cut at the line break"
            elif core and shifted[k]:
                right = "it also cuts a word, so both offsets may be shifted"
            proved = core and not cut and not shifted[k] and view.settled(spans)[k]
            fix = spans.edits_to(k, start, end, core) if proved else ()
            seen = not beside[k] and characters.borders_words(text, start) and characters.borders_words(text, end)
            hit = Hit(spans.items, k, f"{literal(slice_)} has white space at its edge; {right}", fix=fix)
            yield _likely(hit if seen else hit._replace(level="likely"), guess)


@rule(
    "SP108", "splits-cluster", needs=Node.span_of, bad=[{"text": "Jose\u0301 said so.", **one_entity(0, 4, "Jose")[0]}]
)
def splits_cluster_(view: View) -> Iterator[Hit]:
    """A boundary lies inside a grapheme cluster or a surrogate pair.

    It cuts what a reader sees as one character: a letter from its combining accent, an emoji sequence, CR from LF (UAX
    #29, extended grapheme clusters). Corrected by widening the span to the cluster, if the stored words match the text
    at the present offsets, no span in the document is misplaced, and the wider span cuts no word. If the text has the
    stored words elsewhere without cutting a cluster, that correction is only likely: the text may have been edited
    since. So it is in a document where another span is like `ilva ` of `Ana Silva said`.

    Waive it where the layer is about the parts of characters, such as accents.
    """
    for spans in view.spans.values():
        before, first, last, after = spans.edges
        suspects = spans.sound & (characters.joins(before, first) | characters.joins(last, after))
        beside = np.isin(spans.items.doc, spans.items.doc[_shifted(spans)])
        for k in indices(suspects).tolist():
            text = view.string(int(spans.items.doc[k]), spans.member)
            start, end = int(spans.start[k]), int(spans.end[k])
            cut = [at for at in (start, end) if splits_cluster(text, at)]
            if cut:
                while splits_cluster(text, start):
                    start -= 1
                while splits_cluster(text, end):
                    end += 1
                right = f"expected {start}:{end}, {literal(text[start:end])}"
                message = f"offset {' and '.join(map(str, cut))} lies inside a grapheme cluster; {right}"
                whole = not (characters.inside_word(text, start) or characters.inside_word(text, end))
                fix = spans.edits_to(k, start, end, text[start:end]) if whole and view.settled(spans)[k] else ()
                hit = Hit(spans.items, k, message, fix=fix)
                if beside[k] or _stands_whole(text, text[int(spans.start[k]) : int(spans.end[k])]):
                    hit = hit._replace(level="likely")
                yield _likely(hit, guess_of(view, spans, k))


def _stands_whole(text: str, words: str) -> bool:
    """Say whether words stand somewhere in a text without cutting a grapheme cluster."""
    at = text.find(words) if words else -1
    while at >= 0 and (splits_cluster(text, at) or splits_cluster(text, at + len(words))):
        at = text.find(words, at + 1)
    return at >= 0


@rule(
    "SP109",
    "splits-word",
    "warning",
    needs=Node.span_of,
    bad=one_entity(0, 7, "Ana Sil"),
    good=one_entity(0, 9, "Ana Silva"),
)
def splits_word(view: View) -> Iterator[Hit]:
    """A boundary lies inside a word.

    The characters on both sides are letters, digits or marks of a script that separates words (texts in Han, Kana,
    Hangul, Thai and similar scripts aren't checked). Tokenisers can't align such a span. Usually an offset is wrong by
    a little, and the words were copied from the text at the wrong offsets.

    Waive it where a part of a word is meant: a name before an ending (`Lisbonner`), one half of a compound, or one of
    two words that the source prints without a blank between them.
    """
    for spans in view.spans.values():
        before, first, last, after = spans.edges
        for k in indices(spans.sound & ((before & first | last & after) & characters.WORD > 0)).tolist():
            text = view.string(int(spans.items.doc[k]), spans.member)
            start, end = int(spans.start[k]), int(spans.end[k])
            if not (characters.inside_word(text, start) or characters.inside_word(text, end)):
                continue  # the flags of a mark say word, but its base may be no letter: a musical note
            low, high = start, end
            while characters.inside_word(text, low):
                low -= 1
            while characters.inside_word(text, high):
                high += 1
            cut, whole = literal(text[start:end]), literal(text[low:high])
            hit = Hit(spans.items, k, f"{cut} cuts a word in two; in whole words it would be {whole}")
            yield _likely(hit, guess_of(view, spans, k))


@rule(
    "SP110",
    "context-differs",
    needs=Node.span_of,
    bad=[{"text": "Ana met Ana Silva.", **one_entity(0, 3, "Ana", prefix="met ")[0]}],
)
def context_differs(view: View) -> Iterator[Hit]:
    """The words around the span differ from its stored context: the span may be at the wrong occurrence.

    Offsets alone can't show that a span is at the wrong occurrence of its surface; a stored ``prefix`` or ``suffix``
    can. Corrected if the surface occurs in this context at exactly one place. If other spans in the document are wrong
    too, the correction is only *likely*: the mention that was in the context may be gone.

    Never waive it: a wrong context proves nothing. Store the right one, or none.
    """
    for spans in view.spans.values():
        for k in indices(out_of_context(spans)).tolist():
            text = view.string(int(spans.items.doc[k]), spans.member)
            start, end = int(spans.start[k]), int(spans.end[k])
            prefix, suffix = (_optional(spans, name, k) for name in ("prefix", "suffix"))
            before, after = text[max(0, start - len(prefix)) : start], text[end : end + len(suffix)]
            whole = prefix + text[start:end] + suffix
            first = text.find(whole) if whole else -1
            at = first + len(prefix)
            several = first >= 0 and text.find(whole, first + 1) >= 0
            fix = spans.edits_to(k, at, at + end - start, text[start:end]) if first >= 0 and not several else ()
            sides = (("before", before, "prefix", prefix), ("after", after, "suffix", suffix))
            differing = [
                f"the text {side} it is {literal(have)}, the stored {name} {literal(stored)}"
                for side, have, name, stored in sides
                if have != stored
            ]
            places = "several places" if several else "no place" if first < 0 else "one place"
            right = f"expected start {at}" if places == "one place" else f"{places} in the text would fit"
            message = "; ".join([*differing, right])
            drifts = view.drifts(spans.member)[int(spans.items.doc[k])]
            yield Hit(spans.items, k, message, fix=fix, level="likely" if drifts else "proved")


def _optional(spans: Spans, name: str, k: int) -> str:
    """Return a member of a span that it may lack, or null: then the empty string."""
    column = spans.items.columns.get(name)
    return "" if column is None else column[k].as_py() or ""
