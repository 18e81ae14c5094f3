import pytest

from texts import read, slug, words


def test_slug_of_words():
    assert slug('Big Red Car') == 'big-red-car'


def test_slug_without_dashes_at_the_end():
    assert slug('Hello, World!') == 'hello-world'


def test_slug_without_dashes_at_the_begin():
    assert slug('(c) Acme') == 'c-acme'


@pytest.mark.parametrize('text,count', [('', 0), ('one', 1), ('one two', 2)])
def test_words(text, count):
    assert words(text) == count


def test_read_of_a_missing_file():
    with pytest.raises(FileNotFoundError):
        read('/nowhere/at/all')
