"""From tables of network records to hosts that stand out and networks of services."""
