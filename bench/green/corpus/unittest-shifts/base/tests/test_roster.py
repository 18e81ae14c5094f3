import unittest

from shifts.roster import Roster, duration
from tests.support import fetch


class DurationTest(unittest.TestCase):
    def test_day(self):
        self.assertEqual(duration("08:00", "16:30", 30), 480)
        self.assertEqual(duration("08:00", "08:00"), 0)

    def test_overnight(self):
        self.assertEqual(duration("22:00", "06:00"), 480)
        self.assertEqual(duration("23:30", "07:15"), 465)


class RosterTest(unittest.IsolatedAsyncioTestCase):
    async def test_day_worker(self):
        roster = Roster(fetch)
        await roster.load(["ada"])
        self.assertEqual(roster.worked("ada"), 720)

    async def test_night_worker(self):
        roster = Roster(fetch)
        await roster.load(["ada", "ben"])
        self.assertEqual(roster.worked("ben"), 900)


if __name__ == "__main__":
    unittest.main()
