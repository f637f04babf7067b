"""Decisions. Pure functions of state, event and time: no clock, no task, no socket, no file."""
