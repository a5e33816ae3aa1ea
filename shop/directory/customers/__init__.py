"""People: users who sign in, customers who buy, their addresses and consents."""
