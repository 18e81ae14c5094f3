from notebin.cli import main


def test_add_list_export(tmp_path, capsys):
    db = str(tmp_path / "n.db")
    assert main(["--db", db, "add", "Buy milk", "2 l"]) == 0
    assert main(["--db", db, "list"]) == 0
    assert main(["--db", db, "export", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == "1\nBuy milk\n1 notes\n"
    assert (tmp_path / "out" / "001-buy-milk.md").read_text() == "# Buy milk\n\n2 l\n"
