"""What is said of the dataset by hand, once, for the card and for Croissant: name, home, rights, how it was made."""

from types import MappingProxyType

NAME = "istanbul-talks"
REPOSITORY = "spanproof/istanbul-talks"
HOME = f"https://huggingface.co/datasets/{REPOSITORY}"
CREATOR = "The spanproof maintainers"
ANNOTATIONS_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
DESCRIPTION = (
    "News articles of different origin and quality about one diplomatic event, the talks between the United States and "
    "Russia in Istanbul in February 2025, with stand-off annotations of entities (OntoNotes 5 types), quotations "
    "(content, source, cue, speaker, utterance) and dates (TIMEX3). Offsets are Unicode code points, half open."
)
RIGHTS = (
    "The annotations are under CC BY 4.0. The texts of the articles belong to their publishers and are here for "
    "research; the licence of the annotations doesn't cover them."
)
# The card's values; what may stand there is in rules/publication.py.
CARD = MappingProxyType(
    {
        "license": "other",
        "license_name": "cc-by-4.0-annotations",
        "license_link": "LICENSE.md",
        "pretty_name": NAME,
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition"],
        "tags": ["quotation-attribution", "timex3", "stand-off", "news"],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["found"],
        "multilinguality": ["monolingual"],
        "source_datasets": ["original"],
    }
)
RAI = MappingProxyType(
    {
        "dataCollection": "The articles were chosen by hand: reports of one event by different publishers, taken as "
        "published on the web, byte for byte.",
        "dataCollectionType": "Manual Human Curation",
        "dataCollectionTimeframe": "2025-02-26/2025-02-28",
        "dataAnnotationProtocol": "Two independent passes by a large language model (Claude, by Anthropic) over every "
        "article and layer by written guidelines; a third context decided every difference with a reason that cites a "
        "guideline. No person has reviewed the annotations.",
        "annotationsPerItem": "2",
        "machineAnnotationTools": ["Claude (Anthropic)", "spanproof"],
        "dataManipulationProtocol": "None: the texts are not normalised, trimmed or corrected.",
        "dataUseCases": "Evaluation of named entity recognition, quotation attribution, TIMEX3 tagging and alignment "
        "of utterances across sources; tests of tools that handle offsets. Not for training of any size.",
        "dataLimitations": "Five articles on one event rank systems only roughly. Both passes are by one model, so "
        "that their agreement is an upper bound. Two texts are machine translations with garbled names and sentences.",
        "dataBiases": "The reports repeat what the sides of a war and of its negotiations said; the choice of articles "
        "and of the event decides whose voices are heard.",
        "personalSensitiveInformation": "Names and statements of people in public office, as published in the news.",
        "dataSocialImpact": "The corpus records who is reported to have said what, not whether it is so; it must not "
        "be read as a source on the events.",
        "dataReleaseMaintenancePlan": "Semantic versions: a changed or removed record is a major release, an added one "
        "minor, the same records written otherwise a patch. Every release has a tag, a changelog and hashes.",
    }
)
