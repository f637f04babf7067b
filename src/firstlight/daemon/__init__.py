"""The composition root: puts the parts together, carries out effects, and tells what happens."""
