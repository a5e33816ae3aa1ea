"""The long-poll protocol of streaming clients."""
