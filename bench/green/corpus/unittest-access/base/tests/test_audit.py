import json
from datetime import UTC, datetime

from access.audit import Audit
from tests.support import FileCase


class AuditFile(FileCase):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "audit.log"
        self.audit = Audit(self.path)

    def entries(self):
        return [json.loads(line) for line in self.path.read_text().splitlines()]

    def test_a_line_for_each(self):
        self.audit.write("ada", "read", "docs/a", "allow")
        self.audit.write("bob", "delete", "docs/a", "deny")
        self.assertEqual([entry["user"] for entry in self.entries()], ["ada", "bob"])

    def test_time(self):
        self.audit.write("ada", "read", "docs/a", "allow")
        now = datetime.now(UTC).isoformat(timespec="minutes")
        self.assertEqual(self.entries()[0]["at"][:16], now[:16])

    def test_only_the_owner_reads_it(self):
        self.audit.write("ada", "read", "docs/a", "allow")
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o600)
