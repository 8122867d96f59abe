"""A front end for programs: the `_inference` API of Elasticsearch on loopback."""
