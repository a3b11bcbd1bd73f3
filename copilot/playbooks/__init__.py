"""Editing, publishing and watching a shop's playbooks; the language itself is `recommenders.playbooks`."""
