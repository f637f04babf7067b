"""The pages of docs/diagrams/, one file each. Imported by tools/diagrams only."""
