# What can be done here; the how is in setup/. Nothing needs to be installed beforehand but make.
.DEFAULT_GOAL := help
.PHONY: help run test lint bench lock clean

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):  *## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

run:  ## Set up what is missing, start the map on http://127.0.0.1:8000; Ctrl-C stops it
test:  ## The whole check: lint, types, import contracts, tests with a PostGIS and a browser of their own
lint:  ## Format, lint, types and import contracts
bench:  ## Measure speed on the region
lock:  ## Compile the lock files anew
clean:  ## Remove what was installed and built here; the database stays

run test lint bench lock clean:
	@sh setup/python.sh -m setup $@
