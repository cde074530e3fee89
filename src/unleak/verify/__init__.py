"""Trying changes in a copy of the tree, with a command of the user's, before they are made."""
