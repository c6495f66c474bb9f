"""The map of support: what the product knows (subjects), and how it is shown (web)."""
