"""Whether a model takes images: as the service says, else as is known, before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tui_app.core.attachments import Attachment
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InfertermError, InvalidRequest, ServiceRefused
from tui_app.core.models import takes_images
from tui_app.core.service import MessagesApi
from tui_app.core.targets import Targets

PATIENCE_S: Final = 5.0
"""How long the service is waited for; then what is known has to do."""
_LASTING: Final = {400, 404, 405, 501}
"""Statuses of a service that has no such list, or not this model in it."""
MANY_IMAGES, MOST_SIDE_OF_MANY, MOST_IMAGES = 20, 2_000, 100


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether images are taken, None where nobody knows; `why` says so in words."""

    takes: bool | None
    why: str = ""


class Vision:
    """Looks a model up at its service, once."""

    def __init__(self, targets: Targets, api: MessagesApi) -> None:
        self._targets, self._api = targets, api
        self._known: dict[tuple[str, str], bool | None] = {}

    async def of(self, endpoint: Endpoint) -> Sight:
        """Whether an endpoint takes images. Never raises: what cannot be asked is not known."""
        model, cluster = endpoint.model, endpoint.local.cluster
        if cluster and endpoint.task_type == "completion":
            return Sight(
                False, f"{endpoint.inference_id} is a completion of a cluster, which takes text only"
            )
        told = None if cluster else await self._told(endpoint)
        takes = takes_images(model) if told is None else told
        if takes is None:
            return Sight(None, f"whether {model} takes images is not known; it may refuse them")
        return Sight(takes, "" if takes else f"{model} takes no images")

    def asks(self, endpoint: Endpoint) -> bool:
        """Whether `of` has to ask the service, for which it waits up to PATIENCE_S."""
        key = endpoint.base_url(self._targets.default), endpoint.model
        return not endpoint.local.cluster and key not in self._known

    async def _told(self, endpoint: Endpoint) -> bool | None:
        key = endpoint.base_url(self._targets.default), endpoint.model
        if key in self._known:
            return self._known[key]
        try:
            async with asyncio.timeout(PATIENCE_S):
                route = await self._targets.route(endpoint)
                found = (await self._api.model(route.target, endpoint.model)).image_input
        except ServiceRefused as error:
            if error.refusal.status not in _LASTING:
                return None
            found = None
        except (InfertermError, TimeoutError):
            return None
        self._known[key] = found
        return found


def check_images(images: Iterable[Attachment], sight: Sight) -> None:
    """Raise InvalidRequest for images of one prompt that the model would refuse."""
    found = tuple(images)
    if found and sight.takes is False:
        raise InvalidRequest(sight.why, f"Take {found[0].name} away, or ask a model that takes images.")


def check_number(images: Iterable[Attachment]) -> None:
    """Raise InvalidRequest where all images of a request are too many, or too large for so many."""
    found = tuple(images)
    if len(found) > MOST_IMAGES:
        raise InvalidRequest(
            f"the request would have {len(found)} images; {MOST_IMAGES} are taken", "Begin a new chat."
        )
    large = next((each for each in found if max(each.width, each.height) > MOST_SIDE_OF_MANY), None)
    if len(found) > MANY_IMAGES and large:
        raise InvalidRequest(
            f"{large.name} has {large.width}x{large.height} pixels; in a request with more than "
            f"{MANY_IMAGES} images a side may have {MOST_SIDE_OF_MANY:,}",
            "Make it smaller, or begin a new chat.",
        )
