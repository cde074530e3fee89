"""What reads a stream piece by piece and may stop before its end: loops, lines and listeners."""
