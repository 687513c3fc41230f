"""What a build made, as lines for a terminal."""

from spanproof.publication import content
from spanproof.release.build import Built
from spanproof.table import StyledLine, Table, terminal

_MANY = 100
"""More documents than this aren't listed one by one."""


def summary(built: Built, *, color: bool = False) -> str:
    """Return what was built: configurations, a line a document, the labels of each layer, and what isn't stated.

    Args:
        built: what was built.
        color: whether to write escapes for colours.
    """
    dataset = built.dataset
    sizes = ", ".join(f"{config.name} {config.table.num_rows}" for config in dataset.configs)
    version = dataset.facts.get("version")
    stated = f"version {version}" if version else "no version"
    lines: list[StyledLine | Table] = [f"{built.out}, {stated}, built and loaded back. Rows: {sizes}.", ""]
    if 0 < len(dataset.documents.rows) <= _MANY:
        lines += [_documents(built), ""]
    for layer, labels in content.label_counts(dataset.documents).items():
        if labels:
            lines.append(((layer, "bold"), (f": {', '.join(f'{name} {n}' for name, n in labels.items())}", "")))
    if dataset.documents.unlisted:
        lines += ["", f"Left out, because the schema has no column for it: {', '.join(dataset.documents.unlisted)}."]
    if dataset.lacking:
        lines += ["", f"Not stated beside the corpus, in dataset.json: {', '.join(dataset.lacking)}."]
        lines.append("The card says so, and there is no Croissant description.")
    lines += ["", f"{len(built.changed)} files changed" if built.changed else "no file changed"]
    return terminal(lines, color=color)


def _documents(built: Built) -> Table:
    """Return a row a document: its creation time where the schema has one, its characters, its annotations by layer."""
    documents = built.dataset.documents
    times = content.created(documents)
    layers = [layer for layer in documents.layers if content.annotations(layer, documents)]
    rows = []
    for k in range(len(documents.rows)):
        characters = sum(len(documents.text(k, member) or "") for member in documents.texts)
        numbers = (content.counted(layer, documents, k) for layer in layers)
        time = () if times is None else (times[k],)
        shown = ("–" if number is None else f"{number}" for number in numbers)
        rows.append((str(documents.named(k)), *time, f"{characters:,}", *shown))
    words = (documents.noun, *(() if times is None else ("created",)))
    return Table((*words, "characters", *(layer.name for layer in layers)), tuple(rows), left=len(words))
