"""`kaisa-relay explore rebuild` where no serve runs."""

from tests.cli.conftest import CommandLine


def test_it_makes_the_read_model_anew(run: CommandLine) -> None:
    run.ok("workspace", "add", "acme")
    made = run("explore", "rebuild")
    assert (made.exit_code, "Made anew of 0 events." in made.stderr) == (0, True), made.stderr


def test_without_a_database_it_says_so(run: CommandLine) -> None:
    refused = run("explore", "rebuild")
    assert (refused.exit_code, "database is unavailable" in refused.stderr) == (1, True)
