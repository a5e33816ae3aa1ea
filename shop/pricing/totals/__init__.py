"""The one calculator: lines, offers, shipping and tax, each explained."""
