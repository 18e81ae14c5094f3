from tools.check_style import check


def test_print():
    assert check("def f():\n    print(1)\n") == [(2, "print() in library code")]


def test_bare_except():
    assert check("try:\n    f()\nexcept:\n    pass\n") == [(3, "bare except")]


def test_clean():
    assert check("def f(x):\n    return x\n") == []
