"""Two versions of a corpus: texts aligned, spans followed, rebase, diff, semantic version."""
