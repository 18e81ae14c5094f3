from . import service


def post_quotes(body):
    """Returns (status, answer)."""
    try:
        return 200, service.quote(body["postcode"], body["weight_kg"])
    except service.UnknownZone:
        return 404, {"error": "unknown zone"}
