from ferrybook.fares import fare_for
from ferrybook.holds import Holds
from ferrybook.importer import read_passengers
from ferrybook.manifest import page


class Desk:
    def __init__(self):
        self.holds = Holds()

    def quote(self, booking):
        return f"{fare_for(booking) / 100:.2f} EUR"

    def print_manifest(self, path):
        return page(read_passengers(path))
