"""The device's name on its networks: multicast DNS and DNS service discovery."""
