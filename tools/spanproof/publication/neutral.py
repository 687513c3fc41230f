"""The card of a corpus that has no template of its own: what can be computed or is stated, and what isn't stated."""

from collections.abc import Iterator, Mapping

from spanproof.publication import content
from spanproof.publication.dataset import Dataset
from spanproof.publication.folder import LABEL_STUDIO
from spanproof.publication.markdown import listed
from spanproof.publication.names import plural
from spanproof.publication.sections import FIELDS


def neutral(dataset: Dataset, pieces: Mapping[str, str], shown: bool) -> str:
    """Return the body of the card.

    Args:
        dataset: what is published.
        pieces: the computed pieces, with ``agreement`` and ``leaderboard``.
        shown: whether the dataset has a picture.
    """
    return "\n\n".join(part for part in _parts(dataset, pieces, shown) if part) + "\n"


def _parts(dataset: Dataset, pieces: Mapping[str, str], shown: bool) -> Iterator[str]:
    noun, facts = dataset.documents.noun, dataset.facts
    yield f"# {pieces['title']}"
    yield facts.get("description") or ""
    yield f"{_summary(dataset, pieces)} Version: {pieces['version']}. Languages: {pieces['languages']}."
    yield f"![The beginning of an annotated {noun}.](picture.svg)" if shown else ""
    online = "From the Hub" if facts.get("repository") else "With a copy of this dataset in the folder `dataset`"
    yield f"## Quick start\n\n{online}:"
    yield f"{pieces['quickstart']}\n\nprints\n\n{pieces['printed']}"
    yield f"A row of annotations:\n\n{pieces['example']}" if dataset.documents.rows else ""
    yield (f"Offsets are Unicode code points, half open. Texts: {pieces['oddities']}." if _texts(dataset) else "")
    yield pieces["reading"]
    yield f"## Configurations\n\n{_split(dataset)}\n\n{pieces['configs']}"
    yield f"## Content\n\n{pieces['counts'] if dataset.documents.layers else 'The schema has no layers of spans.'}"
    yield f"By {noun}:\n\n{pieces['by_document']}" if dataset.documents.rows else f"There are no {plural(noun)}."
    yield f"Registries beside the documents, as `NAME.json`: {pieces['registries']}." if dataset.registries else ""
    yield _empty(dataset)
    yield f"## Fields\n\nWhat each column is, its type and what it may be: [{FIELDS}]({FIELDS})."
    yield from _stated(dataset)
    yield f"## Agreement of annotators\n\n<!-- agreement -->\n{pieces['agreement']}\n<!-- /agreement -->"
    yield f"## Systems measured on it\n\n<!-- leaderboard -->\n{pieces['leaderboard']}\n<!-- /leaderboard -->"
    yield _label_studio(dataset)
    yield pieces["versions"]
    yield f"## Citation\n\n{pieces['citation']}"


def _label_studio(dataset: Dataset) -> str:
    """Return where the tasks of Label Studio are; nothing where the dataset has none."""
    words = f"`{LABEL_STUDIO}/` has the tasks and the labeling config to import into Label Studio (JSON)."
    return "" if dataset.facts.get("label_studio") is None else f"## Annotating it further\n\n{words}"


def _texts(dataset: Dataset) -> bool:
    documents = dataset.documents
    return any(documents.text(k, member) is not None for k in range(len(documents.rows)) for member in documents.texts)


def _summary(dataset: Dataset, pieces: Mapping[str, str]) -> str:
    documents = dataset.documents
    many = documents.noun if len(documents.rows) == 1 else plural(documents.noun)
    layers = listed([f"`{layer.name}`" for layer in documents.layers]) if documents.layers else ""
    annotated = f", with stand-off annotations: {layers}" if layers else ""
    return f"{pieces['documents']} {many} ({pieces['characters']} characters){annotated}."


def _split(dataset: Dataset) -> str:
    split, first = dataset.facts.split, dataset.configs[0].name
    stated = (
        "" if dataset.facts.get("split") else " That is the Hub's word for data that isn't split; no split is stated."
    )
    derived = any(config.name == "tokens" or config.layer for config in dataset.configs)
    cut = " Sentences and tokens are cut by program; the offsets are what is annotated." if derived else ""
    return f"All have one split, `{split}`.{stated} `{first}` is the default.{cut}"


def _empty(dataset: Dataset) -> str:
    """Return the layers that have no configuration because they have no annotations."""
    documents = dataset.documents
    names = [f"`{layer.name}`" for layer in documents.layers if not content.annotations(layer, documents)]
    return f"No annotation, and so no configuration of its own, has {listed(names)}." if names else ""


def _stated(dataset: Dataset) -> Iterator[str]:
    """Yield what the facts state of how the dataset came to be and what may be done with it."""
    ai, licence = dataset.facts.get("responsible_ai") or {}, dataset.facts.get("license")
    sources = "\n".join(
        "- " + ", ".join(source[name] for name in ("name", "url", "license") if name in source)
        for source in dataset.facts.get("sources") or ()
    )
    for heading, words in (
        ("Sources", sources or ai.get("dataCollection")),
        ("How the annotations were made", ai.get("dataAnnotationProtocol")),
        ("Limits", ai.get("dataLimitations")),
        ("Bias", ai.get("dataBiases")),
    ):
        yield f"## {heading}\n\n{_words(words)}"
    if licence is None:
        yield f"## Licence\n\n{_words(None)} What may be done with the texts and the annotations isn't known."
    else:
        parts = (
            licence.get("rights"),
            f"Licence: {licence.get('name', licence['id'])}.",
            licence.get("url"),
            licence.get("file"),
        )
        yield f"## Licence\n\n{' '.join(part for part in parts if part)}"
    if dataset.lacking:
        lacking = listed(list(dataset.lacking))
        yield f"There is no Croissant description: it would have to state what isn't stated, {lacking}."


def _words(stated: str | list[str] | None) -> str:
    """Return what is stated, or that nothing is."""
    if not stated:
        return "Not stated."
    return "\n\n".join(stated) if isinstance(stated, list) else stated
