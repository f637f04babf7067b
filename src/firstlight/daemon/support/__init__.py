"""Gathers what a support bundle is made of: from the running device, and from its machine."""
