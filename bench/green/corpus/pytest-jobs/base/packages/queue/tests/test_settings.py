import pytest

from jobqueue.settings import Settings, load


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "jobs.toml"
    path.write_text("[jobs]\nworkers = 4\n")
    return path


def test_file(file):
    assert load(file, {}) == Settings(workers=4, retries=2)


def test_environment_wins(file):
    assert load(file, {"JOBS_WORKERS": "8", "JOBS_RETRIES": "0"}) == Settings(workers=8, retries=0)


def test_unknown_setting(file):
    file.write_text("[jobs]\nworker = 4\n")
    with pytest.raises(ValueError, match="unknown setting worker"):
        load(file, {})
