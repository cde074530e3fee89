"""What a run says, in the form a reader asked for."""
