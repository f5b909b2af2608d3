"""The press: runs notebooks, one clean kernel a report, and turns them into pages. It knows no metric."""

# The door through which every number leaves a notebook; the press lets nothing else through.
MIME = "application/vnd.hgeval.released+json"
NATIONAL = "NL"
