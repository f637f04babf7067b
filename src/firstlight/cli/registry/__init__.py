"""``firstlight registry``: controllers, clients and certificates, for a person at a terminal."""
