"""SP201 to SP204: labels, identifiers, duplicates."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from spanproof.arrays import Ints, indices, repeated
from spanproof.checks.annotations import Annotations, annotations
from spanproof.checks.examples import ANA, LISBON
from spanproof.checks.rule import Hit, rule
from spanproof.checks.structure import owned
from spanproof.checks.view import Spans, View
from spanproof.corpus.edits import Edit
from spanproof.schema.node import Node
from spanproof.schema.paths import place_of
from spanproof.text import characters
from spanproof.text.display import literal


@rule(
    "SP201",
    "unknown-label",
    needs=Node.label,
    bad=[{"entities": [{**ANA, "label": "PER"}]}],
    good=[{"entities": [ANA]}],
)
def unknown_label(view: View) -> Iterator[Hit]:
    """The schema doesn't list the label.

    Corrected if it differs only in upper and lower case.

    Never waive it: a label that isn't listed has no number in the dataset. Correct it, or add it to the schema.
    """
    for misfit in owned(view, "SP201"):
        place = place_of(misfit.path)
        known = {str(label).casefold(): label for label in view.schema.nodes[place].enum}
        right = known.get(str(misfit.instance).casefold())
        fix = (Edit(misfit.path, right),) if right else ()
        yield Hit(view.documents, misfit.row, misfit.message, misfit.path, fix=fix)


@rule(
    "SP202",
    "duplicate-id",
    needs=Node.key,
    bad=[{"entities": [ANA, {**LISBON, "id": "e1"}]}],
    good=[{"entities": [ANA, LISBON]}],
)
def duplicate_id(view: View) -> Iterator[Hit]:
    """Two annotations in a list have the same identifier.

    A reference to it could mean either.

    Never waive it: give one of them another identifier.
    """
    for lists, key in view.schema.having(Node.key):
        if lists.items is None:
            continue
        items = view.columns.items(lists.items.place)
        column = items.columns[key]
        code, distinct = view.codes((*lists.items.place, key))
        k = indices(code >= 0)
        for j in k[repeated(items.parent[k] * len(distinct) + code[k])].tolist():
            yield Hit(items, j, f"the id {column[j].as_py()!r} is already used by an earlier annotation of the list")


def _crowded(view: View) -> Iterator[tuple[Annotations, Ints]]:
    """Yield the lists in which two annotations begin at one place, so that there may be duplicates; which are open."""
    for place, units in annotations(view).items():
        k = indices(units.sound)
        if place[-1] == "*" and repeated(units.low[k]).size:
            yield units, k


@rule("SP203", "duplicate-span", needs=Node.span_of, bad=[{"entities": [ANA, {**ANA, "id": "e2"}]}])
def duplicate_span(view: View) -> Iterator[Hit]:
    """The same span with the same label appears twice in a list.

    It counts twice in every score. Or it is another mention, put here because a search for the words always finds their
    first occurrence. So the later one is removed only if all of this is true: nothing refers to it; the earlier one has
    the same members with the same values, apart from the identifier; no span in the document is misplaced; and the
    words occur nowhere else. If the number of duplicates equals the number of other occurrences, those are proposed, in
    order, as likely.

    Waive it where one span names two things, which another member of the annotation tells apart: "the Silvas".
    """
    for units, k in _crowded(view):
        label = units.node.label
        keys = units.keys(k)
        code: Ints = np.zeros(len(units.items), np.int64)
        size = 2
        if label:
            code, distinct = view.codes((*units.node.place, label))
            size = len(distinct) + 1
        _, dense = np.unique(keys, return_inverse=True)
        same = dense * size + code[k] + 1
        _, first, of = np.unique(same, return_index=True, return_inverse=True)
        later: dict[int, list[int]] = defaultdict(list)
        for at in repeated(same).tolist():
            later[int(k[first[of[at]]])].append(int(k[at]))
        for earlier, duplicates in later.items():
            yield from _duplicates(view, units, earlier, duplicates)


def _duplicates(view: View, units: Annotations, first: int, later: list[int]) -> Iterator[Hit]:
    """Yield a hit for each of the annotations that stand where an earlier one of their list does."""
    spans, row, where = units.spans, int(units.items.doc[first]), units.where(first)
    text, pieces = view.string(row, spans.member), units.spans_of(first)
    words = [text[int(spans.start[j]) : int(spans.end[j])] for j in pieces]
    whole, anywhere = zip(*(_free(view, spans, row, word) for word in words), strict=True)
    free = whole[0] if all(whole) else []
    elsewhere = all(anywhere)
    what = f"{where} already has this label in an earlier annotation"
    drifts = bool(view.drifts(spans.member)[row])
    if free:
        is_first = text.find(words[0]) == int(spans.start[pieces[0]])
        way = " that a search put on the first occurrence" if is_first else ""
        what += f"; this may be another mention{way}: {literal(words[0])} also occurs unannotated at {_listed(free)}"
    elif drifts:
        what += "; other spans of this document have wrong offsets, so this may be another mention"
    for number, k in enumerate(later):
        if len(pieces) == 1 and len(free) == len(later) and not drifts:
            at = free[number]
            fix = spans.edits_to(int(units.bounds[k]), at, at + len(words[0]), words[0])
            yield Hit(units.items, k, what, fix=fix, level="likely")
        else:
            key = view.schema.key_of(units.node)
            alike = view.says(units.items, k, key) == view.says(units.items, first, key)
            removable = not elsewhere and not drifts and alike
            yield Hit(units.items, k, what, fix=(Edit(units.items.path(k), remove=True),) if removable else ())


def _free(view: View, spans: Spans, row: int, words: str) -> tuple[list[int], bool]:
    """Return where words stand whole in a text of a document without being annotated at this place of the schema.

    With that, whether they stand anywhere else, also as a part of a longer word: not all scripts have gaps.
    """

    def annotated() -> set[tuple[int, int]]:
        first, last = np.searchsorted(spans.items.doc, [row, row + 1]).tolist()
        return set(zip(spans.start[first:last].tolist(), spans.end[first:last].tolist(), strict=True))

    def compute() -> tuple[list[int], bool]:
        text, taken = view.string(row, spans.member), view.once(("annotated", spans.node.place, row), annotated)
        places, elsewhere, at = [], False, text.find(words) if words else -1
        while at >= 0:
            end = at + len(words)
            if (at, end) not in taken:
                elsewhere = True
                if not any(characters.inside_word(text, edge) for edge in (at, end)):
                    places.append(at)
            at = text.find(words, at + 1)
        return places, elsewhere

    return view.once(("free", spans.node.place, row, words), compute)


def _listed(places: list[int]) -> str:
    return ", ".join(map(str, places[:5])) + (f" and {len(places) - 5} more places" if len(places) > 5 else "")


@rule(
    "SP204",
    "two-labels",
    needs=Node.label,
    bad=[{"entities": [ANA, {**ANA, "id": "e2", "label": "ORG"}]}],
    good=[{"entities": [ANA]}],
)
def two_labels(view: View) -> Iterator[Hit]:
    """The same span has two labels in one list.

    One of them is wrong, or two label sets are mixed in one layer.

    Waive it where a rare span really has both labels. If many spans do, put the two label sets into separate layers,
    or let the schema say ``"policy": {"labels": "several"}``.
    """
    for units, k in _crowded(view):
        label = units.node.label
        if label is None or view.schema.nodes[units.node.place[:-1]].policy.several_labels:
            continue
        keys = units.keys(k)
        _, firsts, same = np.unique(keys, return_index=True, return_inverse=True)
        column = units.items.columns[label]
        for at in repeated(keys).tolist():
            j, first = int(k[at]), int(k[firsts[same[at]]])
            here, earlier = column[j].as_py(), column[first].as_py()
            yield Hit(units.items, j, f"is {here} here and {earlier} in an earlier annotation")
