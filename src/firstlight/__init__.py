"""WiFi provisioning for headless Linux boxes."""

__version__ = "0.1.0"
