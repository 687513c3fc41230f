"""Drift: why stored offsets and surfaces disagree with a text, what proves it, and where spans belong."""
