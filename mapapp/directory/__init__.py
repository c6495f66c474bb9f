"""Organizations, services and locations: the directory's truth, its search and its visibility."""
