"""QR codes, and the label on the box."""
