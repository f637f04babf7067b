"""The registry of controllers, clients and certificates: a port, and its databases."""
