import unittest

from shifts.clock import hours, minutes


class ClockTest(unittest.TestCase):
    def test_minutes(self):
        for text, expected in [("00:00", 0), ("07:45", 465), ("23:59", 1439)]:
            with self.subTest(text):
                self.assertEqual(minutes(text), expected)

    def test_no_time(self):
        for text in ["24:00", "12:60", "noon", "", "-1:00"]:
            with self.subTest(text), self.assertRaises(ValueError):
                minutes(text)

    def test_hours(self):
        self.assertEqual(hours(485), "8:05")


if __name__ == "__main__":
    unittest.main()
