"""Measurements that the README's figures come from; run them with `make bench`."""
