"""`python -m tui_app`, and what the command `inferterm` calls."""

from __future__ import annotations

from tui_app.cli.main import main

if __name__ == "__main__":
    main()
