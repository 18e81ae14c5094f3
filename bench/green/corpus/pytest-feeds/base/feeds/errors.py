class FeedError(Exception):
    pass
