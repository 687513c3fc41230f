"""For tests: Hypothesis strategies, mutations of sound documents, the detection matrix."""
