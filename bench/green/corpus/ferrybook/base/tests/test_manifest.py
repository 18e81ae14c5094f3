from ferrybook.manifest import lines, page


def person(name, cabin=""):
    return {"name": name, "cabin": cabin}


def test_by_name():
    assert lines([person("Ole", "4"), person("Anna", "12")]) == [
        "Anna                 12",
        "Ole                  4",
    ]


def test_case_does_not_count():
    assert [line.split()[0] for line in lines([person("ole"), person("Per"), person("Anna")])] == ["Anna", "ole", "Per"]


def test_numbers_namesakes():
    result = lines([person("Ole", "4"), person("Ole", "5")])
    assert result == ["Ole                  4", "Ole (2)              5"]


def test_page():
    assert page([person("Anna")]) == "Anna                 -\n"
