"""What programs ask a dashboard's server, at /api/v1, with the key of a device."""
