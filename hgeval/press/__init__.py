"""The press: runs notebooks, one clean kernel a report, and turns them into pages. It knows no metric."""
