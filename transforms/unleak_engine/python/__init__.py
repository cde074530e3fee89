"""Python as the engine reads it: by libcst, imported only for a file that can match."""
