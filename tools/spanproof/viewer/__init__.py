"""A corpus as a static HTML reader: texts with their spans marked, registries, utterances, a timeline."""

from spanproof.viewer.pages import one_page, pages

__all__ = ["one_page", "pages"]
