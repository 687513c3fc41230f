"""What is known of a corpus beside its documents: name, licence, how it was made; read from ``dataset.json``."""

import copy
import functools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spanproof.formats.discovery import companion
from spanproof.parsing.json import parse
from spanproof.parsing.named_files import content_of, named_file
from spanproof.schema.node import Json
from spanproof.schema.validation import reference
from spanproof.schema.vocabulary import CONTRACT

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

FACTS, TEMPLATE = "dataset.json", "card.md"
"""The files beside a corpus: its facts, and a template of its card."""
_CONTRACT = "dataset.schema.json"


class FactsError(ValueError):
    """Facts that can't be used: which file and member, what is wrong, what was expected."""


@dataclass(frozen=True)
class Facts:
    """What is stated of a corpus, and nothing that isn't.

    ``stated`` are the members of ``dataset.json`` as its schema (``dataset.schema.json``) has them; ``template`` is the
    text of ``card.md``, None where there is none; ``texts`` are those of the files that the facts name, by name.
    """

    stated: Json = field(default_factory=dict)
    template: str | None = None
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Mapping[str, bytes], at: str = "") -> "Facts":
        """Return the facts that the files of a folder state, by their names; other files are passed over.

        Args:
            files: contents by name; the facts are in ``dataset.json``.
            at: the folder, for messages.

        Raises:
            FactsError: they can't be used.
        """
        if FACTS not in files:
            return cls()
        where = f"{at}/{FACTS}" if at else FACTS
        stated = _parsed(files[FACTS], where)
        named = _named(stated)
        for name, member in named.items():
            if name not in files:
                raise FactsError(f"{where}: {member} names {name}, which doesn't exist; expected a file beside {FACTS}")
        texts = {name: _decoded(files[name], f"{at}/{name}") for name in (TEMPLATE, *named) if name in files}
        return cls(stated, texts.get(TEMPLATE), {name: texts[name] for name in named})

    @classmethod
    def beside(cls, path: Path) -> "Facts":
        """Return the facts beside a corpus, beside its folder or in a dataset folder; none where there is no such file.

        Raises:
            FactsError: they can't be used, or a file can't be read.
        """
        file = companion(path, FACTS)
        if file is None:
            return cls()
        try:
            stated = {FACTS: file.read_bytes()}
            named = _named(_parsed(stated[FACTS], str(file)))
            near = [name for name in (TEMPLATE, *named) if file.with_name(name).exists()]
            contents = {name: content_of(named_file(file.parent, name)) for name in near}
            return cls.of(stated | contents, str(file.parent))
        except OSError as error:
            raise FactsError(f"{error.filename}: {error.strerror}") from error
        except FactsError:
            raise
        except ValueError as error:
            raise FactsError(f"{file}: {error}") from error

    def released(self, version: str, date: str | None) -> "Facts":
        """Return the facts with the version of a release and its day (``YYYY-MM-DD``)."""
        day = {} if date is None else {"released": date}
        return replace(self, stated={**self.stated, "version": version, **day})

    @property
    def files(self) -> Mapping[str, str]:
        """What a dataset carries of the facts, so that it can be built anew from itself: texts by file name."""
        texts = {TEMPLATE: self.template, **self.texts}
        written = {FACTS: json.dumps(dict(self.stated), ensure_ascii=False, indent=1) + "\n"} if self.stated else {}
        return written | {name: text for name, text in texts.items() if text is not None}

    def get(self, member: str) -> Any:
        """Return what is stated under a name; None where nothing is."""
        return self.stated.get(member)

    def configurations(self, there: Sequence[str]) -> Sequence[str]:
        """Return which of the configurations that there are, the default one first, are wanted.

        Raises:
            FactsError: the facts name another one, or not the default one.
        """
        wanted: Sequence[str] = self.stated.get("configurations", there)
        for name in wanted:
            if name not in there:
                raise FactsError(f"{FACTS}: configurations: there is no {name}; expected some of {', '.join(there)}")
        if there[0] not in wanted:
            raise FactsError(f"{FACTS}: configurations: {there[0]} isn't among them; expected the documents too")
        return wanted

    def described(self, config: str, row: Json) -> Json:
        """Return the schema of a configuration's rows with the descriptions that the facts have of its fields."""
        described: Json = copy.deepcopy(row)
        for place, words in self.stated.get("fields", {}).items():
            target: Any = described if place.startswith(f"{config}.") else None
            for step in re.findall(r"\[\]|[^.\[\]]+", place.removeprefix(f"{config}.")) if target else ():
                target = (target.get("items") if step == "[]" else target.get("properties", {}).get(step)) or {}
            if target:
                target["description"] = words
        return described

    def require_fields(self, there: Iterable[str]) -> None:
        """Refuse facts that describe a field that no configuration has.

        Raises:
            FactsError: which, and its like.
        """
        known = set(there)
        remarks = [place for place in self.stated.get("remarks", ()) if ".json." not in place]
        for member, places in (("fields", self.stated.get("fields", {})), ("remarks", remarks)):
            for place in (place for place in places if place not in known):
                config = place.partition(".")[0]
                near = sorted(name for name in known if name.startswith(f"{config}.")) or sorted(known)
                raise FactsError(f"{FACTS}: {member}: there is no {place}; expected a field as {', '.join(near[:8])}")

    @property
    def document(self) -> str:
        """What a document is called: ``document``, unless the facts say otherwise."""
        return str(self.stated.get("document", "document"))

    @property
    def split(self) -> str:
        """The name of the one split: ``train`` (the Hub's word for data that isn't split) unless stated otherwise."""
        return str(self.stated.get("split", "train"))

    @property
    def title(self) -> str | None:
        """The name of the dataset for people."""
        title: str | None = self.stated.get("title", self.stated.get("name"))
        return title

    @property
    def url(self) -> str | None:
        """The page of the dataset."""
        repository = self.stated.get("repository")
        url: str | None = self.stated.get("url", repository and f"https://huggingface.co/datasets/{repository}")
        return url

    @property
    def bibtex(self) -> str | None:
        """The entry for BibTeX, of what is stated; None where the dataset has no name."""
        if self.title is None:
            return None
        stated = {
            "title": f"{{{self.title}}}",
            "author": self.get("creator") and f"{{{self.get('creator')}}}",
            "year": (self.get("released") or "")[:4],
            "version": self.get("version"),
            "doi": self.get("doi"),
            "url": self.url,
        }
        key = re.sub(r"[^A-Za-z0-9-]+", "-", self.get("name") or self.title).strip("-") or "dataset"
        lines = (f"  {name} = {{{value}}},\n" for name, value in stated.items() if value)
        return f"@misc{{{key},\n{''.join(lines)}}}"

    @property
    def citation(self) -> str | None:
        """How the dataset is cited, of what is stated: creator, title, version, address."""
        if self.title is None:
            return None
        creator = f"{self.get('creator')}: " if self.get("creator") else ""
        version = f", version {self.get('version')}" if self.get("version") else ""
        address = f"https://doi.org/{self.get('doi')}" if self.get("doi") else self.url
        return f"{creator}{self.title}{version}.{f' {address}' if address else ''}"


def _named(stated: Json) -> dict[str, str]:
    """Return the files beside them that facts name, each with the member that does."""
    members = {"license.file": stated.get("license", {}).get("file")}
    members["label_studio.instructions"] = stated.get("label_studio", {}).get("instructions")
    named = {name: member for member, name in members.items() if name}
    return {**named, **dict.fromkeys(stated.get("pages", ()), "pages")}


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise FactsError(f"{where} is not UTF-8: byte {error.start + 1}; expected a text in UTF-8") from error


def _parsed(content: bytes, where: str) -> dict[str, Any]:
    """Return the members of ``dataset.json``, which keep to its schema."""
    try:
        stated = parse(content)
    except ValueError as error:
        raise FactsError(f"{where}: {error}; expected a JSON object of facts about the corpus") from error
    fault = min(_validator().iter_errors(stated), key=lambda error: len(error.absolute_path), default=None)
    if fault is not None:
        known = parse((CONTRACT / _CONTRACT).read_bytes())["properties"]
        place = ".".join(map(str, fault.absolute_path)) or "the whole"
        expected = f"members among {', '.join(known)}" if not fault.absolute_path else _expected(fault.schema)
        raise FactsError(f"{where}: {place}: {fault.message}; expected {expected} (schema/{_CONTRACT})")
    assert isinstance(stated, dict)
    return stated


def _expected(schema: Any) -> str:
    """Return what a part of the schema expects, in its own words where it has some."""
    if not isinstance(schema, Mapping):
        return "no such member"
    if description := schema.get("description"):
        return str(description[0].lower() + description[1:]).rstrip(".")
    if members := schema.get("properties"):
        return f"members among {', '.join(members)}"
    return f"words ({schema['pattern']})" if "pattern" in schema else str(schema.get("type", "another value"))


@functools.cache
def _validator() -> "Validator":
    return reference(parse((CONTRACT / _CONTRACT).read_bytes()))
