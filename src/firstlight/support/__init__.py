"""What somebody sends along when they ask for help: gathered elsewhere, freed of secrets here."""
