"""Hearing a call for a case."""
