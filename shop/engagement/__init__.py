"""Finding, telling and bringing back."""
