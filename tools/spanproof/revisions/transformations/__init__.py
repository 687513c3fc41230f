"""Transformations of texts that keep their annotations: each document becomes another one with exact annotations.

A transformation (:mod:`~spanproof.revisions.transformations.catalogue`) gives a rewriting
(:mod:`~spanproof.revisions.transformations.rewriting`), over which annotations go forth and predictions come back.
"""
