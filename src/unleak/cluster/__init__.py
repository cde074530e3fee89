"""A batch looked into by the workers of a dask cluster."""
