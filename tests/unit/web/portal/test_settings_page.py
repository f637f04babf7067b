"""What the settings say: pure parts."""

DEVICE_ID = "LMP-2026-7KD4MXQP"
