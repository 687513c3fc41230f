"""``sayswho``: direct quotations by the rules of sayswho's finder, which pairs marks by their kind."""

import regex

from spanproof.systems.quotations import finder
from spanproof.systems.spacy_pipelines import SMALL_REQUIRES, UNUSED
from spanproof.systems.system import System

_MARKS = str.maketrans(dict.fromkeys("“”«»„", '"'))
_POSSESSIVE = regex.compile(r"(?<=\ws)['’](?=\s)")


def plain(paragraph: str) -> str:
    """Return a paragraph with straight marks, which the finder pairs best, and a line end, which closes an open one.

    Every mark stands where one stood.
    """
    return f"{_POSSESSIVE.sub('ʼ', paragraph.translate(_MARKS))}\n"


SYSTEM = System(
    name="sayswho",
    version="0.1.4",
    licence="MIT",
    weights="MIT",
    predicts={"quotes": ("direct",)},
    limits="This is its finder of quotations, without coreference. It finds English direct speech with a verb of a "
    "list and its subject. The small pipeline of spaCy parses it paragraph by paragraph. Each paragraph ends with a "
    "line break: if a quotation mark isn't closed, the line break closes it. Before parsing, “”«»„ are replaced by \", "
    "and an apostrophe after a plural by the letter ʼ. So an opening mark of one kind can be closed by a mark of "
    "another kind. An opening mark with a space after it is ignored. The source is the whole subject, with compounds "
    "and conjuncts, but without determiners, appositions, and titles that aren't compounds. The cue is the verb with "
    "auxiliaries and negation. The content is the words between the marks, without commas at its end. It gives no "
    "speaker, and each quotation is an utterance of its own.",
    open=finder("sayswho.quote_finder", "quote_finder", plain),
    requires=(*SMALL_REQUIRES, "jinja2>=3,<4", "rapidfuzz>=3.1.1,<4"),
    alone=("sayswho==0.1.4",),
    unused=UNUSED,
)
