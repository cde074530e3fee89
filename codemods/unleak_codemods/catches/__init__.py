"""What a catch of a failed pipeline must do, and must not."""
