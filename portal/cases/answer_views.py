"""The proposal of an answer, its return, the officer's opinion, the approval."""
