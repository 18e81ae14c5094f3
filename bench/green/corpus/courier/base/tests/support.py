import unittest


class FakeTransport:
    def __init__(self):
        self.calls = []

    def post(self, path, payload):
        self.calls.append((path, payload))
        return {"id": f"m{len(self.calls)}"}


class CourierTestCase(unittest.TestCase):
    def assertPayload(self, actual, expected):
        """Both sides must have the same keys and the same values."""
        self.assertEqual(set(actual), set(expected))
        for key in expected:
            self.assertEqual(actual[key], expected[key], f"payload[{key!r}]")
