"""The calls of a case: found, judged, decided, with their silent passages and transcripts."""
