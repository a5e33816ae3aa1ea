"""What is sold, where it lies and how it could travel."""
