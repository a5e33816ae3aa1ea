"""The store itself: its profile, its locations and the days on which it works."""
