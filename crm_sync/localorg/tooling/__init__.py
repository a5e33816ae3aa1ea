"""The Tooling API: metadata as records, among them code that is kept without any effect."""
