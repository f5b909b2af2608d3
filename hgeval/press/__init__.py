"""The press: from a study to the reports of every region."""

from hgeval.warm import preload

preload.skip_grammar()  # before anything here imports nbformat
