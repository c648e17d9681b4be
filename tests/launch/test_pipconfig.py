from deploy.launch.pipconfig import parse, uv_environment

LISTING = """\
:env:.cert='/env.pem'
:env:.disable-pip-version-check='1'
global.cert='/global.pem'
global.extra-index-url='file:///one/simple\\nhttps://two.example/simple'
global.find-links='/wheels /more'
global.index-url='https://global.example/simple'
install.index-url='https://install.example/simple'
freeze.timeout='10'
"""


def test_the_more_particular_section_wins() -> None:
    options = parse(LISTING)

    assert options["cert"] == "/env.pem"
    assert options["index-url"] == "https://install.example/simple"
    assert "timeout" not in options


def test_uv_is_told_what_pip_was_told() -> None:
    env = uv_environment(LISTING, {})

    assert env["UV_EXTRA_INDEX_URL"] == "file:///one/simple https://two.example/simple"
    assert env["UV_INDEX_URL"] == "https://install.example/simple"
    assert env["UV_FIND_LINKS"] == "/wheels,/more"
    assert env["SSL_CERT_FILE"] == "/env.pem"


def test_a_variable_meant_for_uv_wins() -> None:
    env = uv_environment(LISTING, {"UV_INDEX_URL": "https://mine.example/simple"})

    assert env["UV_INDEX_URL"] == "https://mine.example/simple"


def test_a_warning_between_the_settings_is_no_setting() -> None:
    assert parse("WARNING: Location 'x' is ignored\n\nglobal.timeout='9'") == {"timeout": "9"}
