"""The radio: one port, several adapters, a chooser."""
