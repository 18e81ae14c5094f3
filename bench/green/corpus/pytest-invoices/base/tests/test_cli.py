import io

from billing.cli import main


def test_prints_what_is_owed(data):
    out = io.StringIO()
    assert main([str(data / "march.csv")], out=out) == 0
    assert out.getvalue() == (data / "march.txt").read_text()
