import unittest

from rotabook.hours import parse_span, total_hours


class ParseSpanTest(unittest.TestCase):
    def test_day(self):
        self.assertEqual(parse_span("08:00-16:30"), 510)

    def test_late(self):
        self.assertEqual(parse_span("22:00-06:00"), 480)

    def test_junk(self):
        for text in ["", "8-16", "08:00", "25:00-26:00", "08:61-09:00"]:
            with self.subTest(text), self.assertRaises(ValueError):
                parse_span(text)


class TotalHoursTest(unittest.TestCase):
    def test_sum(self):
        self.assertEqual(total_hours(["08:00-12:00", "13:00-16:30"]), 7.5)


if __name__ == "__main__":
    unittest.main()
