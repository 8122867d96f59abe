"""`GET /`: what official clients ask before anything else."""

from __future__ import annotations

from typing import Final

from tui_app.server.answers import Answer
from tui_app.server.call import Call

VERSION: Final = "9.5.0"
"""The version of Elasticsearch whose `_inference` API this is."""


async def root(call: Call) -> Answer:
    """Name, version and tagline, as the clients expect them."""
    call.check_parameters()
    return Answer(
        {
            "name": "inferterm",
            "cluster_name": "inferterm",
            "cluster_uuid": "inferterm_______________",
            "version": {
                "number": VERSION,
                "build_flavor": "default",
                "build_type": "tar",
                "build_hash": "unknown",
                "build_date": "1970-01-01T00:00:00.000000000Z",
                "build_snapshot": False,
                "lucene_version": "10.3.0",
                "minimum_wire_compatibility_version": "8.19.0",
                "minimum_index_compatibility_version": "8.0.0",
            },
            "tagline": "You Know, for Search",
        }
    )
