"""How goods could travel: methods, fees and the delivery promise."""
