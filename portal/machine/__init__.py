"""The machine that the portal runs on: whether it is fit for it, and how systemd starts it there."""
