"""Where files are found, read and written, and the only place that asks git about them."""
