"""The other side: an unprovisioned device that finds a controller, joins it, claims and stores."""
