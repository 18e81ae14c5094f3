import pytest

from billing.reader import BadRow, read_invoices


def test_reads_lines_of_one_invoice(data):
    first, second = read_invoices(data / "march.csv")
    assert [line.text for line in first.lines] == ["Consulting", "Travel"]
    assert second.customer == "Atelier Sud"


def test_a_bad_price_names_its_row(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("number,customer,country,issued,text,quantity,price\n1,A,DE,2024-01-01,x,1,abc\n")
    with pytest.raises(BadRow, match="row 2: price 'abc'"):
        read_invoices(path)
