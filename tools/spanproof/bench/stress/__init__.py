"""Metamorphic tests of systems: texts rewritten so that nothing about their spans changes, and what systems make of it.

The rewritings are those of :mod:`spanproof.revisions.transformations`: gold goes forth over them, predictions back.
"""
