"""The task of quotation attribution: what was said, who is named, how it is reported, who spoke."""

from dataclasses import dataclass

import numpy as np

from spanproof.arrays import Bools, Ints
from spanproof.corpus.continuum import Continuum, Units
from spanproof.corpus.pairs import PairedCorpora, numbered
from spanproof.metrics import boundaries
from spanproof.metrics.attribution import Attributions, PartTokens, attribution_counts
from spanproof.metrics.boundaries import Trim, as_is, trimmed
from spanproof.metrics.counts import Counts, accuracy, columns_per_unit, prf
from spanproof.metrics.label_sets import label_numbers, own_labels, targets
from spanproof.metrics.matching import exact_pairs, partners
from spanproof.metrics.measures import labelled_span_counts, span_counts
from spanproof.metrics.spans import LabelledSpans
from spanproof.schema.keywords import Quotation
from spanproof.schema.node import Node


@dataclass(frozen=True)
class Quotations:
    """The quotations of gold or of a prediction.

    Attributes:
        content: what was said, with the type as label.
        parts: of each part of a quotation, as source and cue, start and end, -1 where there is none; shape
            (quotations, 2) each.
        speaker: the number of the speaker, -1 where nobody is named, shape (quotations,).
    """

    content: LabelledSpans
    parts: tuple[Ints, ...]
    speaker: Ints

    def at(self, which: Bools) -> "Quotations":
        """Return some of them."""
        return Quotations(self.content.at(which), tuple(part[which] for part in self.parts), self.speaker[which])


Both = tuple[Quotations, Quotations]


def speaker_of(node: Node) -> str | None:
    """Return the member that says who spoke: that which refers to a registry and to spans of the document."""
    for name, member in node.fields.items():
        if member.refers_to.registries and member.refers_to.local:
            return name
    return None


def quotation_task(pair: PairedCorpora, node: Node, quotation: Quotation, trim: Trim) -> list[Counts]:
    """Count the scores of a layer with ``quotation``: of all quotations, and of those direct in their own corpus.

    * spans of content (labelled by type), and of each part (unlabelled), in four measures;
    * ``content+PART``, ``content+speaker``: F1 of quotations with the same content that have this the same too;
      ``attribution`` all of it, the type included. No source is the same as no source, and an unknown speaker the same
      as an unknown one;
    * ``relaxed+speaker``: the speaker is the same and contents share a character;
    * ``speaker accuracy``: of the quotations with the same content, the share that has the same speaker;
      ``relaxed speaker accuracy`` of those whose contents share a character;
    * ``aligned content``, ``aligned PART``, ``aligned speaker``, ``aligned attribution``: partial credit for each
      (:func:`spanproof.metrics.attribution.attribution_counts`).

    Args:
        pair: gold and prediction.
        node: the layer.
        trim: what the convention takes from the edges of parts; contents have a convention of their own.

    Raises:
        ValueError: a type that the schema doesn't list, or none.
    """
    continuum = pair.continuum(node)
    types, speaker = targets(own_labels(node, quotation.type, pair)), speaker_of(node)
    gold, predicted = _quotations(pair, node, quotation, speaker, trim)
    direct = types.index(quotation.direct) if quotation.direct in types else -1
    counts = labelled_span_counts(gold.content, predicted.content, types, continuum, node.place[0])
    for kind in (None, quotation.direct):
        both = gold, predicted
        if kind:
            both = gold.at(gold.content.label == direct), predicted.at(predicted.content.label == direct)
        counts += _parts(node, quotation, kind, both, continuum)
        counts += _wholes(node, quotation, kind, both, continuum.sentences, speaker)
        if speaker:
            counts += _speakers(node.place[0], kind, both, continuum.sentences, speaker)
        sides = [_attributions(side, continuum, speaker) for side in both]
        rows: tuple[int, Units] = (len(continuum.sentences) - 1, "sentences")
        names = ("content", *quotation.parts)
        counts += attribution_counts(sides[0], sides[1], names, rows, layer=node.place[0], part=kind)
    return counts


def _attributions(side: Quotations, continuum: Continuum, speaker: str | None) -> Attributions:
    n = len(side.content)
    parts = [PartTokens.of(np.arange(n), side.content.start, side.content.end, n, continuum.tokens)]
    for extents in side.parts:
        there = np.flatnonzero(extents[:, 0] >= 0)
        parts.append(PartTokens.of(there, extents[there, 0], extents[there, 1], n, continuum.tokens))
    unit = np.searchsorted(continuum.sentences, side.content.start, "right") - 1
    return Attributions(unit, side.content.label, tuple(parts), {speaker: side.speaker} if speaker else {})


def _quotations(pair: PairedCorpora, node: Node, quotation: Quotation, speaker: str | None, trim: Trim) -> Both:
    both, text = pair.spans(node.place), pair.continuum(node).text
    table = own_labels(node, quotation.type, pair)
    speakers: list[Ints] = [np.full(len(spans), -1) for spans in both]
    if speaker:
        speakers, _ = numbered(*(spans.items.columns[speaker].to_pylist() for spans in both))
    parts: tuple[list[Ints], list[Ints]] = ([], [])
    for name in quotation.parts:
        for k, spans in enumerate(pair.spans((*node.place, name))):
            extents = np.full((len(both[k]), 2), -1)
            extents[spans.items.parent] = np.stack(trimmed(text, spans.start, spans.end, trim), 1)
            parts[k].append(extents)
    of_content = as_is if trim is as_is else boundaries.content
    gold, predicted = (
        Quotations(
            LabelledSpans(
                *trimmed(text, spans.start, spans.end, of_content), label_numbers(pair, spans, quotation.type, table)
            ),
            tuple(extents),
            who,
        )
        for spans, extents, who in zip(both, parts, speakers, strict=True)
    )
    return gold, predicted


def _parts(node: Node, quotation: Quotation, kind: str | None, both: Both, continuum: Continuum) -> list[Counts]:
    """Return the scores of the spans of sources, of cues."""
    counts = []
    for k, name in enumerate(quotation.parts):
        extents = [quotations.parts[k][quotations.parts[k][:, 0] >= 0] for quotations in both]
        a, b = (LabelledSpans(part[:, 0], part[:, 1], np.zeros(len(part), np.int64)) for part in extents)
        for measure in ("exact", "overlap", "token"):
            rows = span_counts(measure, a, b, 1, continuum)[:, 0]
            n = (int(rows[:, 0].sum()), int(rows[:, 1].sum()))
            of = "tokens" if measure == "token" else "spans"
            counts.append(Counts(measure, rows, prf, n, of, layer=f"{node.place[0]}.{name}", part=kind))
    return counts


def _wholes(
    node: Node, quotation: Quotation, kind: str | None, both: Both, bounds: Ints, speaker: str | None
) -> list[Counts]:
    """Return the scores of quotations of which more than the content is the same."""
    gold, predicted = both
    columns = {
        f"content+{name}": [quotations.parts[k] for quotations in both] for k, name in enumerate(quotation.parts)
    }
    if speaker:
        columns[f"content+{speaker}"] = [quotations.speaker[:, None] for quotations in both]
    columns["attribution"] = [
        np.concatenate([*side.parts, side.speaker[:, None], side.content.label[:, None]], 1) for side in both
    ]
    n = (len(gold.content), len(predicted.content))
    counts = []
    for measure, (a, b) in columns.items():
        number = np.unique(np.concatenate([a, b]), axis=0, return_inverse=True)[1].ravel()
        first, _ = exact_pairs(
            LabelledSpans(gold.content.start, gold.content.end, number[: n[0]]),
            LabelledSpans(predicted.content.start, predicted.content.end, number[n[0] :]),
        )
        rows = columns_per_unit(bounds, gold.content.start, predicted.content.start, gold.content.start[first])
        counts.append(Counts(measure, rows, prf, n, "quotations", layer=node.place[0], part=kind))
    return counts


def _speakers(layer: str, kind: str | None, both: Both, bounds: Ints, speaker: str) -> list[Counts]:
    """Return the scores of speakers of quotations whose contents are the same or share a character."""
    a, b = (LabelledSpans(side.content.start, side.content.end, side.speaker + 1) for side in both)
    first, second = partners(a, b)
    same = (a.start[first] == b.start[second]) & (a.end[first] == b.end[second])
    right = a.label[first] == b.label[second]
    at = a.start[first]
    rows = columns_per_unit(bounds, a.start, b.start, at[right])
    counts = [
        Counts(f"relaxed+{speaker}", rows, prf, (len(a), len(b)), "quotations", layer=layer, part=kind),
    ]
    for measure, among in ((f"{speaker} accuracy", same), (f"relaxed {speaker} accuracy", same | True)):
        rows = columns_per_unit(bounds, at[among], at[among & right])
        n = (int(among.sum()),) * 2
        counts.append(Counts(measure, rows, accuracy, n, "matched contents", layer=layer, part=kind))
    return counts
