"""What the tests have shown, told in words. Imported by tools/attack only."""
