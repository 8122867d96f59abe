"""Where requests go, and what is said of an environment that names no such place."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tests.core.bodies import body, endpoint
from tests.core.test_endpoints import NoSandbox
from tests.fakes_keys import FakeKeys
from tui_app.core.endpoint import Endpoint
from tui_app.core.errors import InvalidRequest
from tui_app.core.targets import Targets

KEY = SecretStr("k")


@pytest.mark.parametrize("url", ["foo", "ftp://host", "https://user:s3cret@host", "https://host?key=s3cret"])
async def test_a_default_that_is_no_base_url_is_said_and_not_quoted(url: str) -> None:
    with pytest.raises(InvalidRequest, match="ANTHROPIC_BASE_URL") as caught:
        await Targets(FakeKeys(), NoSandbox(), url).route(endpoint(), KEY)
    assert "s3cret" not in f"{caught.value} {caught.value.advice}"


async def test_the_default_is_nothing_to_an_endpoint_with_a_url_of_its_own() -> None:
    settings = {"model_id": "m", "url": "https://host/v1/messages"}
    own, _ = Endpoint.parse("own", body(service_settings=settings))
    route = await Targets(FakeKeys(), NoSandbox(), "foo").route(own, KEY)
    assert route.target.base_url == "https://host"
