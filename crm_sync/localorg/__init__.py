"""An embedded Salesforce org that speaks the real protocols over HTTP from a process of its own."""
