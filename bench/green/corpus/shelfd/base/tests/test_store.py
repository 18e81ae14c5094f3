from shelfd.store import UnknownItem
from tests.support import StoreCase


class StoreTest(StoreCase):
    def test_on_hand(self):
        self.assertEqual(self.store.on_hand("tea"), 10)

    def test_sold_counts_only_what_went_out(self):
        self.assertEqual(self.store.sold("tea"), 30)
        self.assertEqual(self.store.sold("pot"), 0)

    def test_unknown_item(self):
        with self.assertRaises(UnknownItem):
            self.store.move("gin", 1)

    def test_second_store_sees_the_same(self):
        other = self.open()
        other.move("pot", 1)
        self.assertEqual(self.store.on_hand("pot"), 6)
