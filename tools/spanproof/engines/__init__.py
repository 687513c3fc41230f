"""The check and the corrections of a corpus that no machine holds, by the engine that holds it."""
