"""The shop: a core, seven wings of small apps, and nothing that has heard of Salesforce."""
