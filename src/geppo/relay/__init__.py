"""Relay networks in records that a defender already has, flows and scanned services: records in, findings out."""
