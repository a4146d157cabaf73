import pytest


@pytest.mark.parametrize("words", [["--engine", "dask"], ["--scheduler", "tls://127.0.0.1:8786"]], ids=" ".join)  # fmt: skip
def test_engine_and_scheduler_go_together(run, estate, words):
    code, out, err = run("apply", "--yes", *words, "--estate", estate)
    assert (code, out) == (4, "")
    assert "--engine dask --scheduler tls://host:port" in err


@pytest.mark.parametrize(("language", "said"), [("en", "is neither tls:// nor"), ("fr", "n'est ni en tls://")])  # fmt: skip
def test_plain_tcp_off_this_machine_is_refused_before_anything_is_asked(run, estate, language, said):
    code, out, err = run(
        "apply", "--yes", "--engine", "dask", "--scheduler", "tcp://192.0.2.7:8786",
        "--estate", estate, "--lang", language,
    )  # fmt: skip
    assert (code, out) == (4, "")
    assert said in err and "tcp://192.0.2.7:8786" in err
