"""Signatures of thinking blocks: only what the sandbox wrote itself is taken back."""

from __future__ import annotations

import base64
import hashlib
import hmac

from tui_app.sandbox.blocks import ThinkingBlock


def sign(thinking: str, key: str) -> str:
    """Sign the text of a thinking block as it is sent; the same text has the same signature."""
    digest = hmac.digest(key.encode(), thinking.encode(), hashlib.sha512)
    return base64.b64encode(digest).decode()


def is_signed(block: ThinkingBlock, key: str) -> bool:
    """Tell whether a thinking block came from a sandbox with this key, unchanged."""
    return hmac.compare_digest(sign(block.thinking, key).encode(), block.signature.encode())
