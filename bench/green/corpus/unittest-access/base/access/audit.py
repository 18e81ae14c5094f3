import json
import os
from datetime import UTC, datetime


class Audit:
    """A line of JSON for each decision."""

    def __init__(self, path):
        self.path = path

    def write(self, user, action, resource, decision):
        entry = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "user": user,
            "action": action,
            "resource": resource,
            "decision": decision,
        }
        descriptor = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
