"""Management of the store from a terminal."""
