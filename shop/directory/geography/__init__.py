"""Countries, states, PIN codes, regions and distances."""
