from ferrybook.importer import read_passengers


def test_reads_passengers(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Anna Holm;12\nOle Berg; \n\n", encoding="utf-8")
    assert read_passengers(path) == [
        {"name": "Anna Holm", "cabin": "12"},
        {"name": "Ole Berg", "cabin": ""},
    ]
