"""HTTP: parse, ask, represent. No SQL, no geometry."""
