"""``stanza:LANG``: the tokenizer and name tagger of Stanza for a language, with its default models."""

import os
import sys
import warnings
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from spanproof.parsing.json import parse
from spanproof.systems.labels import NAMES, TIMES, VALUES, warn_of_unknown
from spanproof.systems.model_files import digest, saved_tags
from spanproof.systems.ner import LIMITS, Find, Tagger
from spanproof.systems.system import Family, MissingSystemError, PartialAnswer, Source, System
from spanproof.text.tags import Labelled

_VERSION = "1.15.0"
_PROCESSORS = "tokenize,ner"


@dataclass(frozen=True)
class Models:
    """Where the models of a language are on this machine.

    Attributes:
        home: the folder of the models of all languages.
        language: the folder of this language; None if its models aren't there.
        tagger: the file of its name tagger; None if it isn't there.
    """

    home: Path
    language: Path | None = None
    tagger: Path | None = None


def models(language: str) -> Models:
    """Return where the models of a language are: in ``$STANZA_RESOURCES_DIR``, or in the XDG cache as Stanza has it.

    Raises:
        ValueError: models are there, and their list is torn, or names no tagger for the language.
    """
    named, xdg = os.environ.get("STANZA_RESOURCES_DIR"), os.environ.get("XDG_CACHE_HOME")
    home = Path(named or Path(xdg or Path.home() / ".cache") / "stanza" / _VERSION / "resources")
    try:
        listed = parse((home / "resources.json").read_bytes())
    except OSError:
        return Models(home)
    except ValueError as error:
        raise ValueError(f"{home / 'resources.json'} isn't JSON: {error}; remove it and download it anew") from None
    try:
        code = listed[language].get("alias", language)
        package = listed[code]["packages"]["default"]["ner"]
    except (LookupError, AttributeError, TypeError):
        raise ValueError(f"{home / 'resources.json'} lists no tagger of names for {language!r}") from None
    tagger = home / code / "ner" / f"{package}.pt"
    return Models(home, home / code, tagger) if tagger.is_file() else Models(home)


def _load(home: Path, language: str, name: str) -> Find:
    library = import_module("stanza")
    try:
        pipeline = library.Pipeline(
            language, dir=str(home), processors=_PROCESSORS, download_method=None, logging_level="ERROR"
        )
    except FileNotFoundError as error:
        code = f"import stanza; stanza.download({language!r}, model_dir={str(home)!r}, processors={_PROCESSORS!r})"
        raise MissingSystemError(f'{name}: {error}: {sys.executable} -c "{code}"') from None
    warn_of_unknown(pipeline.processors["ner"].get_known_tags(), name)

    def find(source: Source) -> list[Labelled]:
        try:
            entities: Any = pipeline(source.text).ents if source.text.strip() else ()
        except Exception as error:  # Whatever its processors raise of a text.
            why = f"{type(error).__name__}: {error}"
            warnings.warn(f"{source.id}: the whole text: {why}", PartialAnswer, stacklevel=2)
            return []
        return [(entity.start_char, entity.end_char, entity.type) for entity in entities]

    return find


def make(language: str) -> System:
    """Return the system of a language, as Stanza names it: ``en``, ``zh-hans``.

    Raises:
        ValueError: Stanza has no tagger for it, or one without names among its labels.
    """
    paths, name = models(language), f"stanza:{language}"
    tagger = Tagger(
        name=name,
        version=f"{_VERSION}-{digest(paths.language) if paths.language else 'none'}",
        licence="Apache-2.0",
        tags=sorted(saved_tags(paths.tagger)) if paths.tagger else (*NAMES, *VALUES, *TIMES),
        limits="It uses the default models of this language, whatever language a text is in. A text on which it fails "
        "is left out. "
        f"{LIMITS}",
        requires=("torch>=2.13,<2.14", f"stanza=={_VERSION}"),
        open=partial(_load, paths.home, language, name),
    )
    return tagger.system()


FAMILY = Family("stanza", "LANG", "the name tagger of Stanza for a language, its models on this machine", make)
