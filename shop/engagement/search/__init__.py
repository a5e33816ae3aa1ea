"""Finding products: search documents, facets and suggestions."""
