"""The open world: documents in which names stand many times, and drifts that no list names, with their ground truth."""
