"""What every package stands on: money, keys, events, jobs, states, settings and their records."""
