"""Asking: a study on the screen, its generated forms, its edits and the panel that runs it."""
