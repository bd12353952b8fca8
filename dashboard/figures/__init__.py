"""Charts: plain values in, figures out. None reads the store."""
