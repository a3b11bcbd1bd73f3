"""The running service, measured from outside: `make bench`."""
