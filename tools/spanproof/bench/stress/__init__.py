"""Metamorphic tests of systems: texts rewritten so that nothing about their spans changes, and what systems make of it.

A transformation (:mod:`~spanproof.bench.stress.transformations`) gives a rewriting
(:mod:`~spanproof.bench.stress.rewriting`), over which gold goes forth and predictions come back.
"""
