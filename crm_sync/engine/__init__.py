"""From change marks to records in Salesforce."""
