"""Commands of the Salesforce synchronisation."""
