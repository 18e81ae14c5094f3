import json
import tempfile
import unittest
from pathlib import Path

from shelfd.store import Store

GOLDEN = Path(__file__).parent / "golden"


class StoreCase(unittest.TestCase):
    """A store on disk with three items."""

    maxDiff = None

    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.path = str(Path(self.dir.name) / "shop.db")
        self.store = self.open()
        self.store.add_item("tea", "Green tea", 450)
        self.store.add_item("cup", "Cup", 799)
        self.store.add_item("pot", "Tea pot", 2495)
        self.store.move("tea", 40)
        self.store.move("tea", -30)
        self.store.move("cup", 12)
        self.store.move("cup", -1)
        self.store.move("pot", 5)

    def open(self, kind=Store):
        store = kind(self.path)
        self.addCleanup(store.close)
        return store

    def assertGolden(self, name, text):
        expected = (GOLDEN / name).read_text(encoding="utf-8")
        self.assertEqual(json.loads(expected), json.loads(text))
        self.assertEqual(expected, text)
