"""Records that follow from metadata: custom metadata, statuses, queues, roles, processes."""
