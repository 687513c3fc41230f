"""Labels of a corpus in the words of another label set."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace

from spanproof.corpus.documents import Corpus, batch_of
from spanproof.schema.paths import objects


def labels_of(corpus: Corpus) -> set[str]:
    """Return the labels that a corpus has."""
    schema = corpus.schema.canonical
    return {
        label
        for batch in corpus.batches
        for document in batch.documents()
        for _, node, labelled in objects(document, schema.root)
        if node.label and isinstance(label := labelled.get(node.label), str)
    }


def demand_renaming(renamed: Mapping[str, str], predicted: Iterable[str], gold: Iterable[str]) -> None:
    """Raise ValueError if a renaming does nothing: predictions lack the label, or gold lacks what it becomes.

    Args:
        renamed: labels of predictions, and what gold calls them.
        predicted: the labels of the predictions; of none, nothing is known.
        gold: the labels that gold knows.
    """
    sides = ((0, "no prediction", set(predicted)), (1, "the gold doesn't", set(gold)))
    for pair in renamed.items():
        for side, who, labels in sides:
            if labels and pair[side] not in labels:
                have = ", ".join(sorted(labels))
                lacks = "has" if side == 0 else "have"
                raise ValueError(
                    f"--map {'='.join(pair)}: {who} {lacks} the label {pair[side]}; expected one of {have} "
                    "(PREDICTED=GOLD; in Python renamed={PREDICTED: GOLD})"
                )


def relabelled(corpus: Corpus, renamed: Mapping[str, str]) -> Corpus:
    """Return a corpus in memory with other labels.

    Args:
        corpus: the documents; they are left as they are.
        renamed: label to label; labels that it doesn't name stay.
    """
    if not renamed:
        return corpus
    schema, batches = corpus.schema.canonical, []
    for batch in corpus.batches:
        documents = copy.deepcopy(list(batch.documents()))
        for document in documents:
            for _, node, labelled in objects(document, schema.root):
                if node.label and isinstance(label := labelled.get(node.label), str):
                    labelled[node.label] = renamed.get(label, label)
        batches.append(batch_of(documents, schema, batch.origin, batch.errors))
    return replace(corpus, batches=tuple(batches))
