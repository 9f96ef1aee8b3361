"""Figures of the requests for those who oversee them."""
