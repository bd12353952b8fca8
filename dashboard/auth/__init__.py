"""Who gets in, and with what headers everything goes out."""
