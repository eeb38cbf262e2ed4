"""Relay infrastructure in records that a defender already has: hosts that relay, and networks of relays."""
