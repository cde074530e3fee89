"""Text that is made of a stream's chunks one by one, and the characters that are cut on the way."""
