import pytest


@pytest.fixture
def handlers():
    failures = [OSError("busy"), OSError("busy")]

    async def echo(payload):
        return payload

    async def broken(payload):
        raise OSError("broken")

    async def flaky(payload):
        if failures:
            raise failures.pop()
        return "at last"

    return {"echo": echo, "broken": broken, "flaky": flaky}
