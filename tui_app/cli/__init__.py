"""A front end for scripts: one file a command group; nothing of it imports Textual but opening the app."""
