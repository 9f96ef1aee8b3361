"""Sending, withdrawal, transfer, complaint, closing."""
