"""What systems get wrong, and where: kinds of error, parts of the corpus, spans that are disputed."""
