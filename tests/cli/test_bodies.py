"""Bodies that several processes put at once."""

from __future__ import annotations

import asyncio
import json

from tests.cli.process import put, run
from tests.core.bodies import body


async def test_each_of_many_that_replace_at_once_has_its_way() -> None:
    put("http://127.0.0.1:1")
    given = [json.dumps(body(task_settings={"max_tokens": count})).encode() for count in range(1, 5)]
    calls = (run("endpoints", "put", "mine", "--replace", given=each) for each in given)
    assert [(ended.code, ended.err) for ended in await asyncio.gather(*calls)] == [(0, "")] * 4
    shown = await run("endpoints", "show", "mine", "--body")
    assert json.loads(shown.out)["task_settings"]["max_tokens"] in range(1, 5)
