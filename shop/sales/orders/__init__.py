"""Orders: what was bought, at which prices, in which state."""
