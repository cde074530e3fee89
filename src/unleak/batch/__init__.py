"""A migration of a whole monorepo, shard by shard: planned, verified, handed over, resumed."""
