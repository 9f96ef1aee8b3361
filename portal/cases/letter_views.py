"""The letters of a case as PDF and as a preview."""
