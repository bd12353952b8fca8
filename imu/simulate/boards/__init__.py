"""Virtual sensors: boards that answer byte for byte as real ones do, worn by the simulated runner.

They do no I/O and share no tables with the drivers they are talked to by.
"""
