"""The back office: the admin site and the commands for admins."""
