import os
import tempfile
import unittest

from reportd import export


class ExportTest(unittest.TestCase):
    def test_write_and_remove(self):
        path = os.path.join(tempfile.mkdtemp(), "r.txt")
        export.write(path, "hi")
        with open(path) as f:
            self.assertEqual(f.read(), "hi")
        export.remove(path)
        export.remove(path)
        self.assertFalse(os.path.exists(path))
