"""What the store learns from its visitors, without keeping who they are."""
