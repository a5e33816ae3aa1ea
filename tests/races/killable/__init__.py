"""An app that only tests install: its processes die by SIGKILL at the step that a test named.

The product knows nothing of it. A step is a write to the database, a commit, or a call to another
server; it is counted within one request or one job.
"""
