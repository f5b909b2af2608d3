"""Estimators: a tidy frame in, the one estimate frame out. They know no study, no region and no report."""
