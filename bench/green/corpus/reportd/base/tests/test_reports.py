import unittest

from reportd import reports
from reportd.db import Db


class ReportsTest(unittest.TestCase):
    def setUp(self):
        self.db = Db()
        self.db.add("ada", 100, "2024-05-01")
        self.db.add("bob", 50, "2024-05-01")
        self.db.add("ada", 25, "2024-05-02")

    def test_by_customer(self):
        self.assertEqual(reports.by_customer(self.db), {"ada": 125, "bob": 50})

    def test_by_day(self):
        self.assertEqual(reports.by_day(self.db), {"2024-05-01": 150, "2024-05-02": 25})
