"""The hand-written text of the dataset card; braces are filled with what is computed."""

TEXT = """
# istanbul-talks

{articles} news articles ({characters:,} characters) of different origin and quality, two of them machine-translated
and one paraphrased, about one diplomatic event: the talks between the United States and Russia in Istanbul in
February 2025. Each is annotated by stand-off: entities, quotations and dates name a place in the text and never
change it. Version {version}.

```python
from datasets import load_dataset

articles = load_dataset("./dataset", split="test")
article = articles[0]
for entity in article["entities"]:
    assert article["text"][entity["start"]:entity["end"]] == entity["text"]
```

Offsets are Unicode code points, half open. The texts are the bytes as published: not normalised, not trimmed. One
holds a decomposed u + U+0308, one Chinese characters, two begin with a space, several have unbalanced quotation marks.

## Content

| layer | annotations | by label |
| --- | --- | --- |
{counts}

The registries behind the identifiers: {registries}.

## Fields

{fields}

## How it was made

The annotations are machine-made. A large language model (Claude, by Anthropic) annotated every article in every layer
twice, in two contexts that saw neither each other nor the output of any tagger; a third context decided every
difference with a reason that cites a guideline, and read the gold once more against the texts for what both had
missed. No person has reviewed them. The guidelines (`annotations/GUIDELINES.md`), both passes, and every decision
(`annotations/adjudication.jsonl`) are in the project's repository. Every span, reference, date and registry entry
passes the checks of spanproof.

## Agreement of the two passes

Two passes of one model share their blind spots: this is an upper bound, no estimate of the truth. In the layers where
the two agree on everything, that says more about the model's habits than about the text.

{agreement}
## Limits and bias

The corpus is a test set. Five articles on one event can rank systems only roughly. Two texts are machine translations
with garbled names and sentences; they stay as they are and are annotated as they stand. The reports repeat what one
side of a war and its negotiations said; the corpus records who is reported to have said what, not whether it is so.

## Rights

The texts belong to their publishers and are here for research. The annotations are under CC BY 4.0, the code under
Apache-2.0.
"""
