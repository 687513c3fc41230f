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
    limits="It finds English direct speech with a verb of a list and its subject. The small pipeline of spaCy parses "
    "the text. It takes everything that may be a quotation mark, including an apostrophe after a plural, pairs the "
    "first with the second, the third with the fourth and so on, and fails on an odd number of them (issue 379). So "
    "it is asked paragraph by paragraph, and a paragraph on which it fails has no quotation. The source is the whole "
    "subject, with compounds and conjuncts, but without determiners, appositions, and titles that aren't compounds. "
    "The cue is the verb with auxiliaries and negation. The content is the words between the marks, without commas at "
    "its end. It gives no speaker, and each quotation is an utterance of its own.",
    open=finder("textacy.extract.triples", "direct_quotations"),
    requires=(*SMALL_REQUIRES, "textacy==0.13.0"),
)
