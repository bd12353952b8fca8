"""Parts of pages: plain values in, components out. None reads the store."""
