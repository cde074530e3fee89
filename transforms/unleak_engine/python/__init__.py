"""Python as the engine reads it: by libcst, imported only for a file that can match, and without it
for one that has nothing but a comment for us."""
