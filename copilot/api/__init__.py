"""The HTTP interface: one blueprint a resource. Views parse, call and render."""
