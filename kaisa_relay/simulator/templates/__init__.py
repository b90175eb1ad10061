"""Templates: their registry, their review, and how one reads when filled in."""
