"""Records that may be one: found by matching, looked at by a person, merged or dismissed, and taken apart again."""
