"""What Firstlight costs and how quick it is. Figures, not tests: nothing here can fail a build."""
