"""Commands about the settings themselves."""
