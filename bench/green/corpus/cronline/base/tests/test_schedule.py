import unittest
from datetime import datetime

from cronline import CronError, next_after, parse


class NextTest(unittest.TestCase):
    def check(self, text, start, expected):
        got = next_after(parse(text), datetime.fromisoformat(start))
        self.assertEqual(got, datetime.fromisoformat(expected))

    def test_same_hour(self):
        self.check("30 6 * * *", "2024-05-01 06:10", "2024-05-01 06:30")

    def test_strictly_after(self):
        self.check("30 6 * * *", "2024-05-01 06:30", "2024-05-02 06:30")

    def test_leap_day(self):
        self.check("0 0 29 2 *", "2025-01-01 00:00", "2028-02-29 00:00")

    def test_weekday(self):
        self.check("0 9 * * 1", "2024-05-01 00:00", "2024-05-06 09:00")

    def test_dom_and_dow(self):
        # day 13 or a Friday
        self.check("0 0 13 * 5", "2024-05-01 00:00", "2024-05-03 00:00")

    def test_never(self):
        with self.assertRaises(CronError):
            next_after(parse("0 0 31 2 *"), datetime(2024, 1, 1))
