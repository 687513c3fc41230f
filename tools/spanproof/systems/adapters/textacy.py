"""``textacy``: direct quotations by the rules of textacy."""

from spanproof.systems.quotations import finder
from spanproof.systems.spacy_pipelines import SMALL_REQUIRES
from spanproof.systems.system import System

SYSTEM = System(
    name="textacy",
    version="0.13.0",
    licence="Apache-2.0",
    weights="MIT",
    predicts={"quotes": ("direct",)},
    limits="English direct speech with a verb of a list and its subject; parsed by the small pipeline of spaCy. It "
    "pairs whatever may be a quotation mark in its order, an apostrophe behind a plural too, and fails on an odd "
    "number of them (issue 379): so it is asked paragraph by paragraph, and one on which it fails has no quotation. "
    "The source is the subject with its compounds and conjuncts, from the first word to the last, without determiners, "
    "titles that aren't compounds and appositions; the cue the verb with auxiliaries and negation. The content is what "
    "stands between the marks, without commas at its end. No speaker; each quotation is an utterance of its own.",
    open=finder("textacy.extract.triples", "direct_quotations"),
    requires=(*SMALL_REQUIRES, "textacy==0.13.0"),
)
