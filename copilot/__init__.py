"""The service. `create_app` builds it; everything else is in the rooms beside it."""
