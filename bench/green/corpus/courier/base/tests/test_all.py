import unittest

from courier.message import Message
from courier.sender import Sender
from courier.templates import fill, render
from tests.support import CourierTestCase, FakeTransport


class SenderTest(CourierTestCase):
    def setUp(self):
        self.transport = FakeTransport()
        self.sender = Sender(self.transport)

    def test_posts_payload(self):
        self.sender.send(Message("a@x.io", "hi"))
        path, payload = self.transport.calls[0]
        self.assertEqual(path, "/v1/messages")
        self.assertEqual(payload["body"], "hi")

    def test_returns_id(self):
        self.assertEqual(self.sender.send(Message("a@x.io", "hi")), "m1")

    def test_logs(self):
        with self.assertLogs("courier.sender", "INFO") as logs:
            self.sender.send(Message("a@x.io", "hi"))
        self.assertIn("m1", logs.output[0])


class TemplateTest(CourierTestCase):
    def test_fill(self):
        self.assertEqual(fill("Hi {{ name }}!", {"name": "Ada"}), "Hi Ada!")

    def test_unknown_stays(self):
        self.assertEqual(fill("Hi {{name}}", {}), "Hi {{name}}")

    def test_render_old_name(self):
        self.assertEqual(render("{{a}}{{b}}", a=1, b=2), "12")


if __name__ == "__main__":
    unittest.main()
