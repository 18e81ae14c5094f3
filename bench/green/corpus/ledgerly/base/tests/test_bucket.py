import time
import unittest

from ledgerly.bucket import Bucket


class BucketTest(unittest.TestCase):
    def test_burst(self):
        b = Bucket(rate=1, size=3)
        self.assertEqual([b.take() for _ in range(4)], [True, True, True, False])

    @unittest.skip("flaky on the build machine, see #41")
    def test_refill(self):
        b = Bucket(rate=20, size=1)
        self.assertTrue(b.take())
        self.assertFalse(b.take())
        time.sleep(0.05)
        self.assertTrue(b.take())
