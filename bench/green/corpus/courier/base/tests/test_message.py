from courier.message import Message, from_payload, to_payload
from tests.support import CourierTestCase


class PayloadTest(CourierTestCase):
    def test_plain(self):
        self.assertPayload(to_payload(Message("a@x.io", "hi")),
                           {"to": "a@x.io", "body": "hi", "channel": "email"})

    def test_sms(self):
        self.assertPayload(to_payload(Message("+491", "hi", "sms")),
                           {"to": "+491", "body": "hi", "channel": "sms"})

    def test_round_trip(self):
        m = Message("a@x.io", "hi", "push")
        self.assertEqual(from_payload(to_payload(m)), m)
