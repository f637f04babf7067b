"""Pairing: a six-digit code that a person reads off the device becomes a session.

``desk`` judges tries and counts the wrong ones, with ``code`` for what a code is and ``lockout``
for how long nothing is looked at. ``sessions`` and ``promotion`` are what a right code leads to.
``device_id`` names the device. Random numbers are handed in; so is the time.
"""
