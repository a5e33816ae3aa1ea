"""What the pages of the org browser show, free of HTTP."""
