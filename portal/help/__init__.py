"""Help: a short page per task, the way to it from every page, and whom to ask."""
