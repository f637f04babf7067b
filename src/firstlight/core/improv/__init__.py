"""Improv Wi-Fi over Bluetooth LE: what is on the air, and what is decided."""
