"""A long run: the real daemon under everyday load, then simulated device-years."""
