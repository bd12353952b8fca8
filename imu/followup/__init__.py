"""What follows a run: it is stored, analysed and judged, and somebody is told."""
