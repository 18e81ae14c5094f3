from ledger.statement import pages, render


def postings(n):
    return [("2024-05-01", f"posting {i}", "1.00") for i in range(n)]


def test_pages_are_of_page_size():
    assert [len(c) for c in pages(postings(120))] == [50, 50, 20]


def test_render_counts_pages():
    text = render("ACME", postings(51))
    assert "ACME page 1/2" in text
    assert "ACME page 2/2" in text


def test_render_empty():
    assert render("ACME", []) == "ACME page 1/1\nThank you for your business."
