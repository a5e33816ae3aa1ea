"""Forms of the storefront: they turn what was typed into plain values and name what is wrong."""
