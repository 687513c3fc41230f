"""Boundaries, labels, identifiers, references and shape that are wrong: classes 06, 12 to 20, 23 and beyond."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from spanproof.schema.node import Node
from spanproof.testing.mutations.mutation import Changes, Sound, SoundSpan, breaking
from spanproof.text import timex
from spanproof.text.characters import WORD, flags
from spanproof.text.index import splits_cluster

_CONTEXT = 12  # code points of context that prove which occurrence is meant


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and bool(flags()[ord(text[at - 1])] & flags()[ord(text[at])] & WORD)


def _clean(text: str, start: int, end: int) -> bool:
    """Whether a span is in the text, is not empty, has no blank at its edge and cuts no cluster."""
    whole = 0 <= start < end <= len(text) and not (text[start].isspace() or text[end - 1].isspace())
    return whole and not (splits_cluster(text, start) or splits_cluster(text, end))


def _relation(a: tuple[int, int], b: tuple[int, int]) -> tuple[bool, ...]:
    """How two spans lie to each other: apart before or after, inside, around, or crossing."""
    return a[1] <= b[0], b[1] <= a[0], a[0] <= b[0] and b[1] <= a[1], b[0] <= a[0] and a[1] <= b[1]


def _others(sound: Sound, span: SoundSpan) -> list[SoundSpan]:
    return [other for other in sound.spans if other is not span and other.node.span_of == span.node.span_of]


@breaking("06", "cut-mid-word", "SP109")
def cut_mid_word(sound: Sound) -> Iterator[Changes]:
    """A span is shifted by a character into a word, and its surface is cut again."""
    for span in sound.spans:
        if span.direct:
            continue
        others = _others(sound, span)
        for start, end in ((span.at[0] + by, span.at[1] + by) for by in (-1, 1)):
            kept = all(_relation((start, end), other.at) == _relation(span.at, other.at) for other in others)
            if (
                kept
                and _clean(span.text, start, end)
                and (_inside_word(span.text, start) or _inside_word(span.text, end))
            ):
                yield span.recut(start, end)


@breaking("12", "leading-space-inside", "SP107", restores="document")
def leading_space_inside(sound: Sound) -> Iterator[Changes]:
    """A span takes in the blank before it or after it; at a line break it may have been cut, and isn't trimmed."""
    for span in sound.spans:
        start, end = span.at
        if _is_blank(span.text[start - 1 : start]):
            yield span.cut(start - 1, end)
        if _is_blank(span.text[end : end + 1]):
            yield span.cut(start, end + 1)


def _is_blank(character: str) -> bool:
    return character.isspace() and character.splitlines() == [character]


@breaking("13", "cuts-grapheme", "SP108", restores="document")
def cuts_grapheme(sound: Sound) -> Iterator[Changes]:
    """A boundary lies inside a grapheme cluster."""
    for span in sound.spans:
        start, end = span.at
        first = next((at for at in range(start + 1, end) if not splits_cluster(span.text, at)), end)
        last = next((at for at in range(end - 1, start, -1) if not splits_cluster(span.text, at)), start)
        inner = [(at, end) for at in range(start + 1, first)] + [(start, at) for at in range(last + 1, end)]
        yield from (span.cut(a, b) for a, b in inner if not (span.text[a].isspace() or span.text[b - 1].isspace()))


@breaking("14", "exact-duplicate", "SP203", restores="document")
def exact_duplicate(sound: Sound) -> Iterator[Changes]:
    """An annotation stands twice, under two identifiers; its words stand once, so that it is no other mention."""
    for span in sound.spans:
        start, end = span.at
        if span.text.count(span.text[start:end]) == 1:
            yield from sound.copied(span)


@breaking("15", "two-labels", "SP204")
def two_labels(sound: Sound) -> Iterator[Changes]:
    """One span has two labels."""
    for span in sound.spans:
        lists = sound.schema.nodes.get(span.node.place[:-1])
        if lists and lists.policy.several_labels:
            continue
        if (label := span.node.label) and span.value.get(label) is not None:
            for other in set(span.node.fields[label].enum) - {None, span.value[label]}:
                yield from sound.copied(span, **{label: other})


@breaking("16", "crossing-overlap", "SP206")
def crossing_overlap(sound: Sound) -> Iterator[Changes]:
    """A second span begins inside a span of its layer and ends behind it."""
    for lists, policy, path, items in sound.lists(Node.overlap):
        if policy == "allow" or lists.in_order or not (lists.items and lists.items.span_of):
            continue
        layer = [span for span in sound.spans if span.path[:-1] == path and len(span.path) == len(path) + 1]
        assert len(layer) == len(items)
        for span in layer:
            for at in _crossings(span, [other.at for other in layer if other is not span], policy == "nest"):
                moved = {str(step[-1]): value for step, value in span.recut(*at).items()}
                yield from sound.copied(span, **moved)


def _crossings(span: SoundSpan, others: Sequence[tuple[int, int]], nest: bool) -> Iterator[tuple[int, int]]:
    """Spans on sound boundaries that cross this one to its right, and none of the others."""
    text, (start, end) = span.text, span.at
    limit = min([len(text), end + 24, *(low for low, _ in others if low >= end)])
    good = [at for at in range(start + 1, limit + 1) if not (_inside_word(text, at) or splits_cluster(text, at))]
    inner = [at for at in good if start < at < end and not text[at].isspace()][:4]
    outer = [at for at in good if end < at and not text[at - 1].isspace()][:4]
    for at in ((a, b) for a in inner for b in outer):
        apart = (low >= at[1] or high <= at[0] for low, high in others)
        nested = (nest and _relation(at, other)[2:] in ((True, False), (False, True)) for other in others)
        if all(a or b for a, b in zip(apart, nested, strict=True)):
            yield at


@breaking("17", "duplicate-id", "SP202")
def duplicate_id(sound: Sound) -> Iterator[Changes]:
    """Two annotations of a list have one identifier."""
    named = {
        value[name] for _, node, value in sound.objects for name in _references(node) if value.get(name) is not None
    }
    for _, key, path, items in sound.lists(Node.key):
        for k, item in enumerate(items):
            if k and item[key] not in named:
                yield {(*path, k, key): items[k - 1][key]}


def _references(node: Node) -> list[str]:
    return [name for name, sub in node.fields.items() if sub.refers_to.local]


@breaking("18", "missing-target", "SP501")
def missing_target(sound: Sound) -> Iterator[Changes]:
    """A reference names an annotation that isn't there."""
    needed = {place for _, places in sound.schema.having(Node.referred_to_by) for place in places}
    written = [(path, node.fields[name], value[name]) for path, node, value in sound.objects
               for name in _references(node) if value.get(name) is not None]  # fmt: skip
    named = Counter((node.place, value) for _, node, value in written)
    for path, node, value in written:
        wrong = sound.fresh(node, "nobody", set(_leaves(sound.document)))
        # Where it is the only one to what something must refer to, that is another fault.
        if wrong is not None and (node.place not in needed or named[node.place, value] > 1):
            yield {(*path, node.place[-1]): wrong}


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping | list):
        for member in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(member)
    else:
        yield value


def _labels(sound: Sound) -> Iterator[tuple[tuple[str | int, ...], str, list[str]]]:
    """Each label that its schema lists: where it is, what it is, what it may be."""
    for span in sound.spans:
        label = span.node.label
        if label and span.value.get(label) is not None and (known := span.node.fields[label].enum):
            yield (*span.path, label), span.value[label], [other for other in known if other is not None]


@breaking("19", "unknown-label", "SP201")
def unknown_label(sound: Sound) -> Iterator[Changes]:
    """A label isn't in the inventory."""
    for path, label, known in _labels(sound):
        if f"{label}X".casefold() not in map(str.casefold, known):
            yield {path: f"{label}X"}


@breaking("20", "wrong-occurrence", "SP110", restores="spans")
def wrong_occurrence(sound: Sound) -> Iterator[Changes]:
    """A span sits on another occurrence of its words than its stored context says."""
    for span in sound.spans:
        if {"prefix", "suffix"} <= span.node.fields.keys():
            (start, end), text = span.at, span.text
            prefix, suffix = text[max(0, start - _CONTEXT) : start], text[end : end + _CONTEXT]
            context = {(*span.path, "prefix"): prefix, (*span.path, "suffix"): suffix}
            places = [at for at in range(len(text)) if text.startswith(text[start:end], at) and at != start]
            if text.find(whole := prefix + text[start:end] + suffix) == text.rfind(whole):
                for at in (at for at in places if _sits(text, at, at + end - start)):
                    yield span.moved(at, at + end - start) | context


def _sits(text: str, start: int, end: int) -> bool:
    return _clean(text, start, end) and not (_inside_word(text, start) or _inside_word(text, end))


@breaking("23", "fragments-out-of-order", "SP208", restores="document")
def fragments_out_of_order(sound: Sound) -> Iterator[Changes]:
    """The fragments of a discontinuous span are out of order."""
    for _, _, path, items in sound.lists(Node.in_order):
        for k in range(len(items) - 1):
            yield {path: [*items[:k], items[k + 1], items[k], *items[k + 2 :]]}


@breaking("32", "label-case", "SP201", restores="document")
def label_case(sound: Sound) -> Iterator[Changes]:
    """A label is written in another case."""
    for path, label, known in _labels(sound):
        folded = [label.casefold() for label in known]
        if label.swapcase() not in known and folded.count(label.casefold()) == 1:
            yield {path: label.swapcase()}


@breaking("33", "reference-cycle", "SP502")
def reference_cycle(sound: Sound) -> Iterator[Changes]:
    """An annotation refers to itself, or to one that refers to it."""
    for path, node, value in sound.objects:
        key = sound.schema.key_of(node)
        for name in (name for name, sub in node.fields.items() if key and sub.acyclic):
            if (*node.place, str(key)) in node.fields[name].refers_to.places:
                yield {(*path, name): value[str(key)]}
                for other, _, second in (
                    candidate for candidate in sound.objects if candidate[1] is node and candidate[0] > path
                ):
                    yield {(*path, name): second[str(key)], (*other, name): value[str(key)]}


@breaking("34", "hash-differs", "SP004")
def hash_differs(sound: Sound) -> Iterator[Changes]:
    """The stated hash isn't that of the text."""
    for name, node in sound.schema.root.fields.items():
        if node.hash_of and (digest := sound.document.get(name)):
            yield {(name,): digest[::-1] if digest != digest[::-1] else "0" * 64}


@breaking("35", "unknown-member", "SP002")
def unknown_member(sound: Sound) -> Iterator[Changes]:
    """An object has a member that the schema doesn't list."""
    for path, node, _ in sound.objects:
        if node.closed and "comment" not in node.fields:
            yield {(*path, "comment"): "see above"}


@breaking("36", "nested-in-flat", "SP205")
def nested_in_flat(sound: Sound) -> Iterator[Changes]:
    """A span lies inside another of a flat layer."""
    for lists, policy, path, _ in sound.lists(Node.overlap):
        for span in sound.spans if policy == "forbid" and not lists.in_order else ():
            start, end = span.at
            if span.path[:-1] == path:
                for at in (at for at in range(start + 1, end) if _sits(span.text, at, end)):
                    yield from sound.copied(
                        span, **{str(step[-1]): value for step, value in span.recut(at, end).items()}
                    )
                    break


@breaking("37", "part-inside-content", "SP401")
def part_inside_content(sound: Sound) -> Iterator[Changes]:
    """The source or cue of a quotation lies in its own content."""
    for span in sound.spans:
        for name in span.node.quotation.parts if span.node.quotation else ():
            part = next((other for other in sound.spans if other.path == (*span.path, name)), None)
            if part is not None and part.node.span_of == span.node.span_of:
                yield part.recut(*span.at)


@breaking("38", "timex-grammar", "SP301", "SP304")
def timex_grammar(sound: Sound) -> Iterator[Changes]:
    """A TIMEX3 value is written as dates are in prose."""
    for path, node, value in sound.objects:
        if node.timex3 and value.get(node.timex3.value) is not None:
            yield {(*path, node.timex3.value): "26.02.2025"}


@breaking("39", "timex-type", "SP302")
def timex_type(sound: Sound) -> Iterator[Changes]:
    """A TIMEX3 value is one of another type."""
    for path, node, value in sound.objects:
        timex3 = node.timex3
        kind = value.get(timex3.type) if timex3 and timex3.type else None
        if timex3 and kind is not None and value.get(timex3.value) is not None:
            wrong = next(v for other in timex.TYPES for v in timex.examples(other) if timex.problem(v, kind))
            yield {(*path, timex3.value): wrong}


@breaking("40", "barred-zone", "SP207")
def barred_zone(sound: Sound) -> Iterator[Changes]:
    """A zone that carries no annotation is put on one."""
    for _, bars, path, items in sound.lists(Node.bars):
        for k, item in enumerate(items):
            span = next(other for other in sound.spans if other.path == (*path, k))
            inside = [
                other for other in sound.spans
                if other.path[:-1] in [(layer,) for layer in bars.layers] and other.node.span_of == span.node.span_of
                and other.at[0] < span.at[1] and span.at[0] < other.at[1]
            ]  # fmt: skip
            if inside and item.get(bars.member) not in bars.values:
                yield {(*path, k, bars.member): bars.values[0]}
