"""What a dataset folder states beside its card's YAML: versions, days, what Croissant names."""

from collections.abc import Iterator, Mapping
from typing import Any

from spanproof.parsing import yaml
from spanproof.parsing.json import parse
from spanproof.publication.changelog import CHANGELOG, newest
from spanproof.publication.folder import CITATION, Publication, listed

_REQUIRED = ("@context", "@type", "conformsTo", "name", "description", "license", "url", "creator", "datePublished",
             "version", "distribution", "recordSet")  # fmt: skip


def versions_of(publication: Publication) -> Iterator[tuple[str, str, str]]:
    """Yield every version that is stated: in which file, what, and words of its line."""
    for _, entry, _ in publication.configs:
        if "version" in entry:
            yield "README.md", str(entry["version"]), f"version: {entry['version']}"
    if "version" in publication.croissant:
        version = str(publication.croissant["version"])
        yield "croissant.json", version, f'"version": "{version}"'
    if (released := newest(_text(publication, CHANGELOG))) and released.version:
        yield CHANGELOG, released.version, released.head
    if "version" in (cited := _cited(publication)):
        yield CITATION, str(cited["version"]), f"version: {cited['version']}"


def days_of(publication: Publication) -> Iterator[tuple[str, str, str]]:
    """Yield every day of the release that is stated: in which file, what, and words of its line."""
    if "released" in (stated := _json(publication, "dataset.json")):
        yield "dataset.json", str(stated["released"]), '"released"'
    if "datePublished" in publication.croissant:
        yield "croissant.json", str(publication.croissant["datePublished"]), '"datePublished"'
    if (released := newest(_text(publication, CHANGELOG))) and released.date:
        yield CHANGELOG, released.date, released.head
    if "date-released" in (cited := _cited(publication)):
        yield CITATION, str(cited["date-released"]), "date-released:"


def _text(publication: Publication, file: str) -> str:
    return publication.files.get(file, b"").decode("utf-8", "replace")


def _json(publication: Publication, file: str) -> Mapping[str, Any]:
    """Return a JSON object of the folder; empty where it can't be read."""
    try:
        value = parse(publication.files.get(file, b"{}"))
    except ValueError:
        return {}
    return value if isinstance(value, Mapping) else {}


def _cited(publication: Publication) -> Mapping[str, Any]:
    """Return what the project's CITATION.cff says of the dataset; empty where it says nothing.

    It is a citation of a dataset itself, or one of its references that has the dataset's name as its title. That of a
    toolkit states the toolkit's version.
    """
    try:
        citation = yaml.parse(_text(publication, CITATION))
    except ValueError:
        return {}
    if not isinstance(citation, Mapping):
        return {}
    if citation.get("type") == "dataset":
        return citation
    stated = _json(publication, "dataset.json")
    titles = {stated.get("name"), stated.get("title")} - {None}
    references = [citation.get("preferred-citation"), *listed(citation.get("references"))]
    return next((r for r in references if isinstance(r, Mapping) and r.get("title") in titles), {})


def croissant_faults(publication: Publication) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the Croissant description, each with words of its line, or none.

    Nothing is wrong with a folder that has none. One that can't be used at all has that fault alone.
    """
    if "croissant.json" not in publication.files:
        return
    if publication.croissant_fault:
        yield publication.croissant_fault, ""
        return
    described = publication.croissant
    yield from ((f"{member} is missing", "") for member in _REQUIRED if not described.get(member))
    urls = {entry.get("@id"): str(entry.get("contentUrl")) for entry in described.get("distribution", ())}
    for url in urls.values():
        if url not in publication.files and not url.startswith("http"):
            yield f"{url}: there is no such file", url
    for field in (field for records in described.get("recordSet", ()) for field in records.get("field", ())):
        source = field.get("source", {})
        path, column = urls.get(source.get("fileObject", {}).get("@id"), ""), source.get("extract", {}).get("column")
        if path in publication.files and column is not None:
            tables = publication.tables([path])
            if tables and column not in tables[path].schema.names:
                yield f"{field.get('@id')}: {path} has no column {column}", str(column)
