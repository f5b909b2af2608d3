"""The press: runs notebooks, one clean process a report, and turns them into pages. It knows no metric."""

from hgeval.warm import preload

preload.skip_grammar()  # before anything here imports nbformat
