"""The partner and metadata SOAP services."""
