"""HTTP: the device API, the event stream, and the page."""
