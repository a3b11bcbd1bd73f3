"""The store: tables, migrations and the repositories that turn rows into the domain's words."""
