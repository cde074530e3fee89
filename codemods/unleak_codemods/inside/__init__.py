"""Stages that the file writes itself: how they are made, and what goes wrong inside of them."""
