"""``sayswho``: direct quotations by the rules of sayswho's finder, which pairs marks by their kind."""

import regex

from spanproof.systems.quotations import finder
from spanproof.systems.spacy_pipelines import SMALL_REQUIRES
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
    limits="The finder alone, without coreference. English direct speech with a verb of a list and its subject; parsed "
    "by the small pipeline of spaCy, paragraph by paragraph, each with a line end, which closes a mark that nothing "
    'else closes. Before that “”«»„ become " and the apostrophe behind a plural becomes the letter ʼ, so that marks of '
    "different kinds close each other. An opening mark with a space behind it isn't seen. The source is the subject "
    "with its compounds and conjuncts, from the first word to the last, without determiners, titles that are no "
    "compounds and appositions; the cue the verb with auxiliaries and negation. The content is what stands between the "
    "marks, without commas at its end. No speaker; each quotation is an utterance of its own.",
    open=finder("sayswho.quote_finder", "quote_finder", plain),
    requires=(*SMALL_REQUIRES, "jinja2>=3,<4", "rapidfuzz>=3.1.1,<4"),
    alone=("sayswho==0.1.4",),
)
