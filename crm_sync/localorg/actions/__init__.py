"""Quick actions make or change a record; standard ones are what a flow would call."""
