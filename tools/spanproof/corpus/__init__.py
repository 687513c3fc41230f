"""Documents as columns, and two corpora over the same texts."""
