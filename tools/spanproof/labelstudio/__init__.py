"""Label Studio: its labeling config from a schema, documents as its tasks and back, what it would spoil in silence.

``config``, ``tasks`` and ``guard`` are functions of values alone; no server is asked. Offsets of Label Studio's text
regions are Unicode code points, as ours are.
"""
