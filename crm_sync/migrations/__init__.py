"""Tables of the Salesforce synchronisation."""
