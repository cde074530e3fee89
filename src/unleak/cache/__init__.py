"""What earlier runs over a repository have found out, so that the next one need not."""
