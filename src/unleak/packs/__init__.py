"""Codemods of one's own: where they lie, who may name them, and whether they are any good."""
