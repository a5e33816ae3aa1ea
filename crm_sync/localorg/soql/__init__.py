"""SOQL and SOSL: tokens, grammar, compilation to SQL."""
