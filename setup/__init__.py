"""From a fresh clone to a running or tested product. Standard library only: it runs before anything is installed."""
