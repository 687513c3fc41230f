"""The transformations: what about a text may change and leaves its annotations as they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from unicodedata import normalize

import regex

from spanproof.revisions.transformations import dates, names, order
from spanproof.revisions.transformations.context import Context
from spanproof.revisions.transformations.rewriting import Piece, Rewriting
from spanproof.schema.paths import Document, Registries
from spanproof.schema.schema import Schema
from spanproof.text.offsets import Form

Make = Callable[[Context, Random], Rewriting]
_QUOTES = regex.compile(r"[\"“”„‟«»]")
_APOSTROPHES = regex.compile(r"['‘’‚‛]")
_OPENS = regex.compile(r"(?:^|[\s\p{Ps}\p{Pi}\p{Pd}\"'/])$")
_LINE_END = regex.compile(r"\r\n|\n")


@dataclass(frozen=True)
class Transformation:
    """A change of texts that keeps their annotations.

    Attributes:
        name: what it is called on the command line.
        description: what it does, in one line.
        make: returns its rewriting of a document, given what it may choose at random from.
    """

    name: str
    description: str
    make: Make


def rewriting(
    transformation: Transformation, document: Document, schema: Schema, registries: Registries, seed: int = 0
) -> Rewriting:
    """Return what a transformation makes of a document's text; always the same for the same seed.

    Args:
        transformation: the transformation.
        document: a sound document.
        schema: its schema.
        registries: the registries into which it refers.
        seed: of what the transformation chooses at random.

    Raises:
        ValueError: the document has no text, or the schema several.
    """
    return transformation.make(Context(document, schema, registries), Random(f"{seed} {transformation.name}"))


def _marks(double: Callable[[str, bool], str], single: Callable[[str, bool], str]) -> Make:
    """Return the transformation that writes quotation marks and apostrophes in another style.

    Args:
        double: gives the new mark for a double one and whether it opens, which is told by what stands before it.
        single: gives the new mark for a single one in the same way.
    """

    def make(context: Context, _: Random) -> Rewriting:
        edits = []
        for pattern, style in ((_QUOTES, double), (_APOSTROPHES, single)):
            for match in pattern.finditer(context.text):
                start = match.start()
                new = style(match[0], bool(_OPENS.search(context.text[max(0, start - 1) : start])))
                edits += [Piece(start, start + 1, new)] if new != match[0] else []
        return context.edited(edits)

    return make


def _straight(_mark: str, _opens: bool) -> str:
    return '"'


def _apostrophe(_mark: str, _opens: bool) -> str:
    return "'"


def _unbroken(character: str) -> str:
    return "\u00a0" if character == " " else character


def _kept(mark: str, _opens: bool) -> str:
    return mark


def _guillemet(mark: str, opens: bool) -> str:
    return "«" if mark in "“„«‟" or (mark == '"' and opens) else "»"


def _curly(mark: str, opens: bool) -> str:
    return mark if mark != '"' else "“" if opens else "”"


def _curly_single(mark: str, opens: bool) -> str:
    return mark if mark != "'" else "‘" if opens else "’"


def _characters(change: Callable[[str], str]) -> Make:
    """Return the transformation that changes each character by itself."""

    def make(context: Context, _: Random) -> Rewriting:
        changed = ((k, char, change(char)) for k, char in enumerate(context.text))
        return context.edited(Piece(k, k + 1, new) for k, char, new in changed if new != char)

    return make


def _form(form: Form) -> Make:
    """Return the transformation that writes each grapheme cluster in a normal form of Unicode (UAX #15)."""

    def make(context: Context, _: Random) -> Rewriting:
        clusters = regex.finditer(r"\X", context.text)
        changed = ((match, normalize(form, match[0])) for match in clusters)
        return context.edited(Piece(match.start(), match.end(), new) for match, new in changed if new != match[0])

    return make


def _inserted(places: Callable[[str], Iterator[tuple[int, str]]]) -> Make:
    """Return the transformation that inserts strings at offsets (code points) of the text."""

    def make(context: Context, _: Random) -> Rewriting:
        return context.edited(Piece(offset, offset, new) for offset, new in places(context.text))

    return make


def _blanks(text: str) -> Iterator[tuple[int, str]]:
    return ((match.end(), " ") for match in regex.finditer(" ", text))


def _breaks(text: str) -> Iterator[tuple[int, str]]:
    return ((match.end(), match[0]) for match in _LINE_END.finditer(text))


def _returns(text: str) -> Iterator[tuple[int, str]]:
    return ((match.start(), "\r") for match in regex.finditer(r"(?<!\r)\n", text))


TRANSFORMATIONS: tuple[Transformation, ...] = (
    Transformation("marks-straight", "quotation marks and apostrophes are \" and '", _marks(_straight, _apostrophe)),
    Transformation("marks-curly", "straight marks and apostrophes are “ ” ‘ ’", _marks(_curly, _curly_single)),
    Transformation("marks-guillemets", "double quotation marks are « »", _marks(_guillemet, _kept)),
    Transformation("nfc", "composed characters (NFC)", _form("NFC")),
    Transformation("nfd", "decomposed characters (NFD)", _form("NFD")),
    Transformation("lower", "lower case; this removes information", _characters(str.lower)),
    Transformation("upper", "upper case; this removes information", _characters(str.upper)),
    Transformation("no-break-spaces", "each blank is a no-break space", _characters(_unbroken)),
    Transformation("blanks-doubled", "each space is doubled", _inserted(_blanks)),
    Transformation("breaks-doubled", "each line end is doubled", _inserted(_breaks)),
    Transformation("crlf", "lines end in CR LF", _inserted(_returns)),
    Transformation("aliases", "each name is replaced by another alias of its entity in the registry", names.aliases),
    Transformation("persons", "each person gets another name, the same one everywhere in the text", names.persons),
    Transformation("dates-dmy", "18 February 2025", dates.restyled("dmy")),
    Transformation("dates-mdy", "February 18, 2025", dates.restyled("mdy")),
    Transformation("dates-iso", "2025-02-18", dates.restyled("iso")),
    Transformation("days-moved", "each date is another day of its month, and so is its value", dates.moved),
    Transformation("paragraphs", "paragraphs are in another order", order.paragraphs),
    Transformation("sentences", "the sentences of each paragraph are in another order", order.sentences),
)  # fmt: skip


def chosen(names_: tuple[str, ...] = ()) -> tuple[Transformation, ...]:
    """Return the transformations of these names; all if there are none.

    Raises:
        ValueError: there is none of a name.
    """
    known = {transformation.name: transformation for transformation in TRANSFORMATIONS}
    unknown = [name for name in names_ if name not in known]
    if unknown:
        raise ValueError(f"no transformation {unknown[0]!r}; expected one of {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names_)) or TRANSFORMATIONS
