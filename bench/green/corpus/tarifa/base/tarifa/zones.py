ZONES = {"ES": 1, "PT": 1, "FR": 2, "DE": 2, "IT": 2, "SE": 3, "FI": 3, "IC": 4}


class UnknownDestination(LookupError):
    pass


def zone_of(country: str) -> int:
    try:
        return ZONES[country.upper()]
    except KeyError:
        raise UnknownDestination(country) from None
