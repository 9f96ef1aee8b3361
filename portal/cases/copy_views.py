"""The sound that is handed over."""
