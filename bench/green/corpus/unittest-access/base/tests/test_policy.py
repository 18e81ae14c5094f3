from access.policy import matches
from tests.support import PolicyCase, policy


class Decisions(PolicyCase):
    def setUp(self):
        self.policy = policy(
            "deny delete docs/archive/*",
            "allow * docs/*",
            "allow read reports/2025",
        )

    def test_first_match(self):
        self.assert_decision("allow", self.policy, "delete", "docs/a")
        self.assert_decision("deny", self.policy, "delete", "docs/archive/a")
        self.assert_decision("allow", self.policy, "read", "docs/archive/a")

    def test_exact_resource(self):
        self.assert_decision("allow", self.policy, "read", "reports/2025")
        self.assert_decision("deny", self.policy, "read", "reports/20251")

    def test_not_mentioned(self):
        self.assert_decision("deny", self.policy, "read", "users/1")
        self.assert_decision("deny", policy(), "read", "docs/a")


class Patterns(PolicyCase):
    def test_star_at_the_end(self):
        self.assertTrue(matches("docs/*", "docs/a/b"))

    def test_everything(self):
        self.assertTrue(matches("*", "anything"))

    def test_case_matters(self):
        self.assertFalse(matches("docs/*", "Docs/a"))

    def test_nothing_else_is_special(self):
        self.assertFalse(matches("docs/?", "docs/a"))
        self.assertFalse(matches("docs/[ab]", "docs/a"))
        self.assertTrue(matches("docs/[ab]", "docs/[ab]"))
