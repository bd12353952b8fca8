"""Every function of a real sensor, tried once: what is done, what was expected, what came."""
