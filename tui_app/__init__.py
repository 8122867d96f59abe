"""inferterm: a terminal workbench for Anthropic completion endpoints."""

__version__ = "0.1.0"
