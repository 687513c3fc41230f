"""Two annotations of the same texts: counts, scores, agreement, intervals, significance."""
