import io

from parcels.cli import main


def test_track(carrier, feed):
    carrier.answer(200, feed)
    out = io.StringIO()
    assert main(["track", "JD0001"], out, carrier) == 0
    assert out.getvalue().splitlines() == [
        "JD0001: out for delivery",
        "  04.03. 16:05  collected         Gera",
        "  05.03. 07:40  in transit        Leipzig",
        "  06.03. 08:12  out for delivery",
    ]


def test_unknown(carrier):
    carrier.answer(404)
    out = io.StringIO()
    assert main(["track", "JD9"], out, carrier) == 3
    assert out.getvalue() == "JD9: unknown\n"


def test_eta():
    out = io.StringIO()
    assert main(["eta", "express", "2025-03-04T10:00"], out) == 0
    assert out.getvalue() == "2025-03-05\n"
