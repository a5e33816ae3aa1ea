"""Who may do and see what: roles, fields, sign-ins and keys for programs."""
