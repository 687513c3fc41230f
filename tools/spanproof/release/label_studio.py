"""A dataset's tasks and labeling config for Label Studio, so that who has the dataset can go on annotating it."""

from collections.abc import Mapping

from spanproof.checks.check import check
from spanproof.corpus.documents import Corpus
from spanproof.labelstudio.exchange import contents
from spanproof.labelstudio.precheck import precheck
from spanproof.publication.facts import FACTS, Facts
from spanproof.publication.folder import LABEL_STUDIO
from spanproof.schema.node import SchemaError


def label_studio_files(corpus: Corpus, facts: Facts) -> Mapping[str, bytes]:
    """Return what ``spanproof labelstudio export`` writes of a corpus, by path in its dataset; nothing where not asked.

    Args:
        corpus: the corpus, with its registries.
        facts: they ask for it with ``label_studio``, and may name the guidelines.

    Raises:
        ValueError: it is asked for, and Label Studio can't show or would spoil the corpus.
    """
    wanted = facts.get("label_studio")
    if wanted is None:
        return {}
    try:
        findings = precheck(corpus, check)
    except SchemaError as error:
        raise ValueError(f"{FACTS}: label_studio: {error}") from error
    if findings:
        raise ValueError(f"{FACTS}: label_studio: Label Studio would change or lose annotations: {findings[0]}")
    guidelines = facts.texts.get(str(wanted.get("instructions")))
    return {f"{LABEL_STUDIO}/{name}": text.encode() for name, text in contents(corpus, None, guidelines).items()}
