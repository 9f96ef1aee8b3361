"""What the portal is made of that others made, whether anybody knows a hole in it, and what scanners find."""
