"""inferterm's own two themes: calm greys, one accent, and the quota as the brightest thing on screen."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

DARK: Final = Theme(
    name="inferterm-dark",
    primary="#7aa2d6",
    secondary="#5d7896",
    accent="#5fd3bc",
    warning="#e8b15a",
    error="#e5737f",
    success="#86c58b",
    foreground="#d7dbe0",
    background="#14171b",
    surface="#1a1e23",
    panel="#222831",
    dark=True,
    variables={
        "block-cursor-background": "#2b3542",
        "block-cursor-foreground": "#f2f5f8",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#222831",
        "block-cursor-blurred-foreground": "#d7dbe0",
        "input-cursor-background": "#d7dbe0",
        "border": "#5fd3bc",
        "border-blurred": "#2b3542",
        "footer-background": "#1a1e23",
        "footer-key-foreground": "#5fd3bc",
        "gauge-left": "#5fd3bc",
        "gauge-used": "#4a5462",
        "rule": "#2b3542",
        "text-muted": "#87919d",
        "scrollbar": "#2b3542",
        "scrollbar-hover": "#3a4656",
        "scrollbar-active": "#5fd3bc",
        "scrollbar-background": "#14171b",
        "scrollbar-background-hover": "#14171b",
        "scrollbar-background-active": "#14171b",
    },
)

LIGHT: Final = Theme(
    name="inferterm-light",
    primary="#2f5f9e",
    secondary="#5b7490",
    accent="#0b7f6b",
    warning="#8f5a00",
    error="#b3303f",
    success="#2f7a38",
    foreground="#1f252b",
    background="#fbfbf9",
    surface="#f2f2ee",
    panel="#e7e8e3",
    dark=False,
    variables={
        "block-cursor-background": "#d5e3e0",
        "block-cursor-foreground": "#12181d",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e7e8e3",
        "block-cursor-blurred-foreground": "#1f252b",
        "input-cursor-background": "#1f252b",
        "input-cursor-foreground": "#fbfbf9",
        "border": "#0b7f6b",
        "border-blurred": "#cfd2cb",
        "footer-background": "#f2f2ee",
        "footer-key-foreground": "#0b7f6b",
        "gauge-left": "#0b7f6b",
        "gauge-used": "#b3b8b0",
        "rule": "#d6d8d1",
        "text-muted": "#666f77",
        "scrollbar": "#cfd2cb",
        "scrollbar-hover": "#b3b8b0",
        "scrollbar-active": "#0b7f6b",
        "scrollbar-background": "#fbfbf9",
        "scrollbar-background-hover": "#fbfbf9",
        "scrollbar-background-active": "#fbfbf9",
    },
)

FALLBACK: Final = {"gauge-left": "ansi_green", "gauge-used": "ansi_bright_black", "rule": "#444444"}
"""What themes that are not inferterm's own lack."""
