class TransportError(Exception):
    """Something went wrong on the way."""


class Temporary(TransportError):
    """The same call may work later."""


class Permanent(TransportError):
    """Trying again is pointless."""
