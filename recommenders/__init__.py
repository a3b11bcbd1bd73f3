"""The recommenders as a plain library: no web framework, no database, no network; importable in a notebook."""
