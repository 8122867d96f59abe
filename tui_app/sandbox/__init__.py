"""A Messages API on loopback that needs no key of Anthropic's and no network; knows nothing of the rest."""
