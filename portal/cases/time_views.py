"""The page of a case's clock: its days, proof of identity, completion, longer time."""
