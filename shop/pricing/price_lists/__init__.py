"""What a variant costs: price lists and their prices."""
