"""hgeval: evaluation reports on the approach to domestic violence and child abuse, per Veilig Thuis region."""

__version__ = "0.1.0"
