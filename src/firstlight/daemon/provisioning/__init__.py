"""Provisioning Mode carried out: the runner, its desk, and the door to the SoftAP."""
