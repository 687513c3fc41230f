"""The dataset as it is published: every file as bytes, made from the corpus and what is stated of it."""
