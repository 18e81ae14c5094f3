import os


def cache_folder():
    return os.path.join(os.path.expanduser("~"), ".feeds")


def timeout():
    return int(os.environ.get("FEEDS_TIMEOUT", "10"))
