"""Values only: what the rest of Firstlight talks about. Nothing here does anything to the world."""
