"""How each kind of record gets to Salesforce: one module per stage."""
