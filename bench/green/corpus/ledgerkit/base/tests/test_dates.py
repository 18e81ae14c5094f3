from datetime import date

import pytest

from ledgerkit.dates import add_months, due_date, schedule

pytestmark = pytest.mark.calendar


def test_due_date_skips_the_weekend():
    assert due_date(date(2024, 3, 1), 15) == date(2024, 3, 18)


def test_add_months_over_new_year():
    assert add_months(date(2023, 11, 15), 3) == date(2024, 2, 15)


@pytest.mark.xfail(reason="always cut to the 28th, see #212")
def test_schedule_keeps_the_last_day_of_the_month():
    assert schedule(date(2024, 1, 31), 4) == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
    ]
