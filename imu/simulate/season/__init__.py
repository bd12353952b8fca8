"""Whole athletes with a truth, as an analysis leaves their runs."""
