"""What each record of the shop is in Salesforce: one module per object."""
