"""The root key over its life: made, changed while the portal runs, split among people and put together again."""
