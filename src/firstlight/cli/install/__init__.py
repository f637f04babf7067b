"""``firstlight install|uninstall``: what a system needs around the daemon, shown before written."""
