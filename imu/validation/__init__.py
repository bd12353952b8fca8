"""How well Restride agrees with the truth: recordings with known strides in, agreement tables out."""
