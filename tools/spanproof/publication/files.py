"""The files of a dataset as bytes, made from a corpus and its facts; the same ones give the same bytes."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from spanproof.formats.parquet import parquet_bytes
from spanproof.formats.schemas import SCHEMA
from spanproof.publication.card import card
from spanproof.publication.croissant import croissant
from spanproof.publication.dataset import Dataset
from spanproof.publication.documents import UnpublishableError
from spanproof.publication.folder import SUMS
from spanproof.publication.names import file_stem
from spanproof.publication.picture import Picture
from spanproof.publication.sections import FIELDS, fields_page


def files(
    dataset: Dataset, measured: Mapping[str, str] | None = None, beside: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Return every file of a dataset by its path in it; one of them lists the others with their hashes.

    Args:
        dataset: what is published.
        measured: what the card says that doesn't follow from the documents: Markdown for ``agreement`` and
            ``leaderboard``.
        beside: files that stand beside the corpus and are published as they are.

    Raises:
        UnpublishableError: a registry has the name of another file.
        FactsError: the template of the card can't be used.
    """
    data = {config.path: parquet_bytes(config.table) for config in dataset.configs}
    generated = {name: text.encode() for name, text in pages(dataset, data, measured or {}).items()}
    for name, content in (beside or {}).items():
        if generated.get(name, content) != content:
            raise UnpublishableError(f"{name} is another file of the dataset; expected a page of another name")
    contents = {**data, **generated, **(beside or {})}
    return {**contents, SUMS: sums(contents)}


def sums(contents: Mapping[str, bytes]) -> bytes:
    """Return the list of some files with their hashes, as ``sha256sum`` writes and reads it (``sha256sum -c``)."""
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(contents.items()))
    return "".join(lines).encode()


def pages(dataset: Dataset, data: Mapping[str, bytes], measured: Mapping[str, str]) -> dict[str, str]:
    """Return every file of a dataset that is made of its corpus, but its tables, by its path.

    Args:
        dataset: what is published.
        data: its Parquet files by path.
        measured: see :func:`files`.

    Raises:
        UnpublishableError: a registry has the name of another file.
        FactsError: the template of the card can't be used.
    """
    picture = Picture.of(dataset.documents, [config.layer for config in dataset.configs if config.layer])
    contents = {
        **dict(_texts(dataset)),
        "README.md": card(dataset, data, measured, shown=picture is not None),
        FIELDS: fields_page(dataset),
        SCHEMA: json.dumps(dataset.documents.schema.json, ensure_ascii=False, indent=1) + "\n",
    }
    if taken := sorted(dataset.facts.files.keys() & contents.keys()):
        raise UnpublishableError(f"{taken[0]} is another file of the dataset; expected a page of another name")
    contents |= {
        **dataset.facts.files,
        **({"croissant.json": croissant(dataset, data)} if dataset.described else {}),
        **({"picture.svg": picture.svg()} if picture else {}),
    }
    for name, entries in dataset.registries.items():
        if f"{name}.json" in {*contents, "croissant.json", "waivers.json", "dataset.json"}:
            raise UnpublishableError(
                f"registry {name}: {name}.json is another file of a dataset; expected another name"
            )
        contents[f"{name}.json"] = json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
    return contents


def _texts(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Yield the texts, each in a file named by the key of its document, and by its member where there are several."""
    documents = dataset.documents
    folder = dataset.configs[0].name
    for k in range(len(documents.rows)):
        for member in documents.texts:
            text = documents.text(k, member)
            if text is not None:
                part = f".{file_stem(member)}" if len(documents.texts) > 1 else ""
                yield f"{folder}/{file_stem(str(documents.named(k)))}{part}.txt", text
