"""A sensor's chip compared with what is known without instruments: gravity on six faces, whole turns."""
