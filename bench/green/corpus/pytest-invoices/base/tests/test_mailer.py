import pytest
from doubles import Transport

from billing.mailer import Mailer, Unreachable


def test_sends_once():
    transport = Transport("ok")
    assert Mailer(transport).send("a@b.c", "hello") == "ok"
    assert transport.calls == 1


def test_waits_longer_each_time():
    waits = []
    transport = Transport(ConnectionError(), ConnectionError(), "ok")
    assert Mailer(transport, sleep=waits.append).send("a@b.c", "hello") == "ok"
    assert waits == [2, 4]


def test_gives_up():
    transport = Transport(*[ConnectionError() for _ in range(3)])
    with pytest.raises(Unreachable, match="after 3 attempts"):
        Mailer(transport, sleep=lambda _: None).send("a@b.c", "hello")
