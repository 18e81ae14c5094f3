import re


def slug(text):
    return re.sub(r'[^a-z0-9]+', '-', text.lower())


def words(text):
    return len(text.split())


def read(path):
    with open(path) as file:
        return file.read()
