"""Benchmarking: a system's annotations against gold, as scores that say how far they can be trusted.

The journey is :func:`spanproof.metrics.score.score`. A prediction is an ordinary corpus over the same texts.
"""
