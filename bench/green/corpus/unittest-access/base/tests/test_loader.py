from access.loader import load
from tests.support import FileCase


class Loader(FileCase):
    def test_rules_in_order(self):
        path = self.write(
            "policy.json",
            {
                "rules": [
                    {"effect": "deny", "action": "delete", "resource": "docs/*"},
                    {"effect": "allow", "action": "*", "resource": "docs/*"},
                ]
            },
        )
        policy = load(path)
        self.assertEqual([rule.effect for rule in policy.rules], ["deny", "allow"])
        self.assertEqual(policy.decide("read", "docs/a"), "allow")

    def test_effect(self):
        rule = {"effect": "maybe", "action": "*", "resource": "*"}
        with self.assertRaisesRegex(ValueError, "effect maybe"):
            load(self.write("policy.json", {"rules": [rule]}))
