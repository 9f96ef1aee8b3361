"""Sealed files: the keystore (one wrapped key per subject), the objects (sealed bytes), the box
(small secrets and pseudonyms). Imports no other capability; a subject is a uuid, a part a short name."""
