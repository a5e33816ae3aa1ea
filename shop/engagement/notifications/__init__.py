"""Messages to customers: rendered when something happens, sent once, kept in an outbox."""
