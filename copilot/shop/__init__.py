"""The shop's data in: readers of a shop directory, and the load that writes it to the store."""
