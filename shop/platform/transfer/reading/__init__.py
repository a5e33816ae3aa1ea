"""Reading tables from files of any usual encoding, separator and kind."""
