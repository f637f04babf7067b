"""The device API: one table of endpoints makes both the routes and their description."""
