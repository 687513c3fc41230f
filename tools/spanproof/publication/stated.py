"""What a dataset folder states beside its card's YAML: its versions, and what its Croissant description names."""

import re
from collections.abc import Iterator

from spanproof.publication.folder import Publication

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
    for file, pattern in (("../CITATION.cff", r"^version: *(\S+)"), ("../CHANGELOG.md", r"^## *(\S+)")):
        if match := re.search(pattern, publication.files.get(file, b"").decode("utf-8", "replace"), re.MULTILINE):
            yield file, match[1].strip("\"'"), match[0]


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
