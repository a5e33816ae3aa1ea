"""What objects and fields the org has, read from tables and from SFDX source."""
