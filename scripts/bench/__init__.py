"""Speed on this machine: `make bench` writes bench.json. It measures and asserts nothing."""
