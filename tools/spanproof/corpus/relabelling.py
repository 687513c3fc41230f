"""Labels of a corpus in the words of another label set."""

import copy
from collections.abc import Mapping
from dataclasses import replace

from spanproof.corpus.documents import Corpus, batch_of
from spanproof.schema.paths import objects


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
