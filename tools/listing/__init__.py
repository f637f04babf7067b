"""Lists of the documentation that are made from the code. Imported by tools/reference only."""
