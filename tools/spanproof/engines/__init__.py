"""The check, the corrections and the scores of a corpus that no machine holds, by the engine that holds it."""
