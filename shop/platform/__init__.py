"""Running the shop and connecting it to files and other systems."""
