"""What inferterm is about: endpoints, quota and talking to models, with no Textual, HTTP, disk or keyring."""
