from ferrybook.desk import Desk


def test_quote():
    assert Desk().quote({"ages": [30], "bikes": 0, "return_trip": False}) == "24.00 EUR"


def test_print_manifest(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Ole;4\n", encoding="utf-8")
    assert Desk().print_manifest(path) == "Ole                  4\n"
