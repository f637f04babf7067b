"""Improv Wi-Fi over Bluetooth LE, carried out."""
