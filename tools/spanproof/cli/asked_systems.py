"""Systems as ``bench run`` and ``bench stress`` ask them: in the words of the gold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spanproof.bench.fitting import fit_to, known_labels
from spanproof.cli.options import say
from spanproof.corpus.documents import Corpus
from spanproof.metrics.label_sets import LabelTable
from spanproof.systems.brief import Brief
from spanproof.systems.fitting import SystemFit
from spanproof.systems.system import System, unfit

Compared = tuple[str | LabelTable | None, Mapping[str, str], str | None]
"""The label set, what labels are renamed to, and the layer of names."""


@dataclass(frozen=True)
class AskedSystem:
    """A system in the words of the gold.

    Attributes:
        system: the system.
        fit: how it fits the schema; None where it was told the schema, or needs no fit.
        brief: what is asked of one that is told something.
    """

    system: System
    fit: SystemFit | None = None
    brief: Brief | None = None


def asked_systems(gold: Corpus, chosen: Sequence[System], brief: Brief | None, compared: Compared) -> list[AskedSystem]:
    """Return systems in the words of the gold, and say what of them gold has no place for.

    Args:
        gold: the corpus.
        chosen: the systems.
        brief: what is asked of those that are told something.
        compared: how labels are compared.

    Raises:
        ValueError: a system can't be asked for what gold has.
    """
    asked = [_in_words_of(gold, system, brief, compared) for system in chosen]
    for lost in _left_out(gold, chosen, asked):
        say(lost)
    return asked


def _in_words_of(gold: Corpus, system: System, brief: Brief | None, compared: Compared) -> AskedSystem:
    if system.adapt and brief:
        return AskedSystem(system.adapt(gold.schema.canonical, brief), brief=brief)
    return AskedSystem(*fit_to(gold, system, *compared))


def _left_out(gold: Corpus, chosen: Sequence[System], asked: Sequence[AskedSystem]) -> Iterator[str]:
    for system, fitted in zip(chosen, asked, strict=True):
        if fitted.fit and (lost := fitted.fit.left_out(system)):
            yield lost
        elif not fitted.fit and unfit(fitted.system, gold.schema):
            ours, theirs = (_labels_of(layers) for layers in (known_labels(gold, fragments=True), system.predicts))
            yield (
                f"{system.name} has no label of gold. It gives {theirs}; gold has {ours}; expected labels of gold, or "
                "--map SYSTEM=GOLD for each"
            )


def _labels_of(layers: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(dict.fromkeys(label for labels in layers.values() for label in labels)) or "none"
