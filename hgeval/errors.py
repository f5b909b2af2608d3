"""Errors a user can act on: each says what was expected, what was found, where, and what to do."""

from __future__ import annotations


class HgevalError(Exception):
    """Base of every error hgeval raises on purpose; its text is Dutch and holds no value from the data."""


class ParameterError(HgevalError):
    """A setting or parameter is unknown, of the wrong type or not allowed."""


class StudyError(HgevalError):
    """The study folder cannot be used; `findings` says where, one row a fault."""

    def __init__(self, message: str, findings: object = None) -> None:
        super().__init__(message)
        self.findings = findings


class RegionError(HgevalError):
    """A region or municipality code is unknown, dissolved or of another year."""


class EstimateError(HgevalError):
    """An estimator got a frame it cannot work with."""


class DisclosureError(HgevalError):
    """A number was on its way to a reader without, or against, the disclosure rule."""


class ReportError(HgevalError):
    """A report could not be built, verified or moved into place."""
