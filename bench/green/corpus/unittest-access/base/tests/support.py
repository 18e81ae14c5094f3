import json
import tempfile
import unittest
from pathlib import Path

from access.policy import Policy, Rule


def policy(*lines):
    return Policy(Rule(*line.split()) for line in lines)


class PolicyCase(unittest.TestCase):
    def assert_decision(self, expected, policy, action, resource):
        self.assertEqual(policy.decide(action, resource), expected, f"{action} {resource}")


class FileCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, document):
        path = self.folder / name
        path.write_text(json.dumps(document))
        return path
