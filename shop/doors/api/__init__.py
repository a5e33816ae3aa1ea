"""The door for programs: API, webhooks in, health and figures."""
