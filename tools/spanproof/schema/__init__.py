"""The contract compiled: nodes with their keywords, layers, paths through a document."""
