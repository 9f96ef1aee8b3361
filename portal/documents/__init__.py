"""Letters and protocols as PDF: ordered by an action, set by the worker, locked and sealed in the vault."""
