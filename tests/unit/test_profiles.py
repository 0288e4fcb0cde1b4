"""Profiles: addresses and references are judged before anything is sent, and no message shows a secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from runner import catalog, document, profiles
from runner.errors import Exit, Refusal
from runner.profiles import Limits, Profile, Reference, choose, parse, resolve, sandbox

GOOD = """\
version: 1
profiles:
  acme:
    base_url: https://analytics-api.app.lithium.com
    company_key: ${ACME_COMPANY_KEY}
    username: ${ACME_USERNAME}
    password: file:/run/secrets/acme
    limits: {requests_per_minute: 10, running: 1}
"""
URL = "https://analytics-api.app.lithium.com"
ENVIRON = {"K": "company-key", "U": "anna@example.com", "P": "correct horse"}
LIVE = Profile("acme", URL, Reference("env", "K"), Reference("env", "U"), Reference("env", "P"))


def read(text: str) -> dict[str, Profile]:
    """Return the profiles of a file."""
    content = document.read(text.encode(), "profiles.yaml", Exit.PROFILES)
    return parse(content, catalog.schema("profiles.v1"))


def refused(text: str) -> str:
    """Return what is said about a file that must be refused with 78."""
    with pytest.raises(Refusal) as refusal:
        read(text)
    assert refusal.value.exit is Exit.PROFILES
    return "\n".join(str(one) for one in refusal.value.problems)


def nothing(path: str) -> tuple[bytes, int]:
    """Stand for a disk that holds nothing."""
    raise FileNotFoundError(2, "No such file or directory", path)


def unresolved(
    profile: Profile, environ: Mapping[str, str], content: bytes | None = None, mode: int = 0o600
) -> str:
    """Return what is said where a profile's secrets cannot be had; the refusal must be 78."""
    with pytest.raises(Refusal) as refusal:
        resolve(profile, environ, nothing if content is None else lambda path: (content, mode))
    assert refusal.value.exit is Exit.PROFILES
    return refusal.value.message


def unchosen(environ: Mapping[str, str], names: tuple[str, ...] | None = None) -> str:
    """Return what is said where no profile can be chosen; the refusal must be 78."""
    with pytest.raises(Refusal) as refusal:
        choose(names, {"acme": LIVE}, environ)
    assert refusal.value.exit is Exit.PROFILES
    return refusal.value.message


@pytest.mark.parametrize(
    ("text", "seen"), [("CARE_PASSWORD=hunter2-1\n", "text"), ("- a\n", "a list"), ("7\n", "the number 7")]
)
def test_a_file_of_another_kind_is_not_repeated(text: str, seen: str) -> None:
    """A file that holds no profiles may hold secrets: its kind is said, and not what stands there."""
    wanted = f"profiles.yaml:1:1: expected a mapping with the keys version and profiles, got {seen}"
    assert refused(text) == wanted


def test_a_profile_is_read_as_references() -> None:
    """A profile holds names of variables and files, and limits; what is left out is the documented limit."""
    assert read(GOOD) == {
        "acme": Profile(
            "acme",
            URL,
            Reference("env", "ACME_COMPANY_KEY"),
            Reference("env", "ACME_USERNAME"),
            Reference("file", "/run/secrets/acme"),
            Limits(requests_per_minute=10, running=1, queued=5),
        )
    }
    assert Limits() == Limits(20, 2, 5, 2)


def test_what_becomes_of_an_unanswered_create_is_the_profiles_own() -> None:
    """`on_unknown` is repeat or stop; left out it is repeat. `ahead` may be none at all."""
    assert read(GOOD)["acme"].on_unknown == "repeat"
    stopping = read(f"{GOOD.rstrip().removesuffix('}')}, ahead: 0}}\n    on_unknown: stop\n")["acme"]
    assert (stopping.on_unknown, stopping.limits.ahead) == ("stop", 0)
    assert "acme.on_unknown: 'again' is not one of" in refused(f"{GOOD}    on_unknown: again\n")
    assert "limits.ahead" in refused(GOOD.replace("running: 1", "ahead: -1"))


def test_the_sandbox_is_built_in() -> None:
    """The sandbox needs no entry and no network, has a calendar of its own, and cannot be redefined."""
    built_in = sandbox()
    assert (built_in.source, built_in.base_url) == ("sandbox", "https://sandbox.invalid")
    assert built_in.today_ms == 1_782_864_000_000
    assert resolve(built_in, {}, nothing).password == "sandbox-password"
    assert "profiles.yaml:3:3: profiles.sandbox: `sandbox` is built in" in refused(
        GOOD.replace("acme:", "sandbox:")
    )


@pytest.mark.parametrize(("old", "new", "words"), [
    ("version: 1", "version: 2", "profiles.yaml:1:10: version: version 2 needs a newer care-export: upgrade"),
    ("version: 1", "versions: 1", "missing key 'version'"),
    ("profiles:", "profile:", "unknown key 'profile'; did you mean 'profiles'?"),
    ("username:", "user:", "unknown key 'user': the key is called username"),
    ("acme:", "a/b:", "'a/b' cannot be a key here; expected a name of at most 100 letters"),
    ("running: 1", "running: 0", "profiles.acme.limits.running: 0 is not between 1 and 100"),
    ("running: 1", "running: true", "expected a whole number from 1 to 100, got true"),
    ("running: 1", "running: 6", "queued (5) counts the running ones too: at least 6"),
    ("running: 1", "running: 3, queued: 2", "queued (2) counts the running ones too: at least 3"),
    (URL, "5", "profiles.acme.base_url: expected text, got the number 5"),
])  # fmt: skip
def test_a_broken_file_says_where(old: str, new: str, words: str) -> None:
    """A profile of the wrong form is refused with 78, at its place."""
    assert words in refused(GOOD.replace(old, new))


@pytest.mark.parametrize("text", ["[]", "x", "version: 1\nprofiles: []", "version: 1\nprofiles: {a: 5}"])
def test_a_file_of_another_kind_is_refused(text: str) -> None:
    """Whatever stands in the place of a mapping is a problem with a place."""
    assert "profiles.yaml:" in refused(text)


def test_every_problem_comes_at_once() -> None:
    """A wrong address in one profile and a wrong limit in another are told together."""
    other = GOOD.partition("profiles:\n")[2].replace("acme", "beta").replace("running: 1", "running: 0")
    said = refused(GOOD.replace("https", "http") + other)
    assert "profiles.acme.base_url: http:// would send the password in the clear" in said
    assert "profiles.beta.limits.running: 0 is not between 1 and 100" in said


@pytest.mark.parametrize("key", ["company_key", "username", "password"])
@pytest.mark.parametrize(
    "literal", ["hunter2", "${hunter2", "$hunter2", "file:hunter2", "[hunter2]", "'hunter2\\n'"]
)
def test_a_secret_is_never_written_out(key: str, literal: str) -> None:
    """A literal in the place of a reference is refused, and not shown."""
    lines = [
        f"    {key}: {literal}" if line.strip().startswith(f"{key}:") else line for line in GOOD.splitlines()
    ]
    said = refused("\n".join(lines))
    assert "a secret is never written here" in said
    assert "hunter2" not in said


@pytest.mark.parametrize(("case", "url", "words"), [
    ("E11", "analytics-api.app.lithium.com", "must begin with https://"),
    ("E11", "//analytics-api.app.lithium.com", "must begin with https://"),
    ("E12", "ftp://analytics-api.app.lithium.com", "must begin with https://"),
    ("C19", "http://analytics-api.app.lithium.com", "would send the password in the clear"),
    ("C19", "http://10.0.0.1", "would send the password in the clear"),
    ("C19", "http://127.0.0.1.example.com", "would send the password in the clear"),
    ("C20", "https://hunter2:hunter2@host", "holds a user name or a password"),
    ("C20", "https://hunter2@host", "holds a user name or a password"),
    ("C20", "https://@host", "holds a user name or a password"),
    ("C21", "https://host?hunter2=1", "scheme and host only"),
    ("C21", "https://host?", "scheme and host only"),
    ("C21", "https://host#hunter2", "scheme and host only"),
    ("C21", "https://host#", "scheme and host only"),
    ("C21", "https://host\\n", "a line break"),
    ("C21", "https://ho st", "holds a space"),
    ("C21", "https://host\\\\hunter2", "a backslash"),
    ("variable", "https://{{hunter2}}", "a variable stands there that has no value"),
    ("variable", "https://eu.${hunter2}", "a variable stands there that has no value"),
    ("path", "https://host/api/public", "scheme and host only"),
    ("port", "https://host:99999", "is not a URL"),
    ("port", "https://host:0", "no host, or no proper port"),
    ("host", "https://", "no host, or no proper port"),
    ("host", "https://[::1", "is not a URL"),
])  # fmt: skip
def test_an_address_is_scheme_and_host(case: str, url: str, words: str) -> None:
    """E11, E12, C19 to C21: an address that could leak a password or mislead is refused, and not shown."""
    said = refused(GOOD.replace(URL, f'"{url}"'))
    assert "profiles.acme.base_url: " in said, case
    assert words in said, case
    assert "hunter2" not in said


@pytest.mark.parametrize("url", [
    URL, f"{URL}/", "https://host:8443", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:8080", "HTTPS://HOST",
])  # fmt: skip
def test_an_address_may_be_a_loopback_without_tls(url: str) -> None:
    """Https anywhere, http on this machine only; a slash at the end is no path."""
    (found,) = read(GOOD.replace(URL, f'"{url}"')).values()
    assert found.base_url == url.rstrip("/")


@pytest.mark.parametrize(("case", "variable", "what"), [
    ("E01", "U", "the user name cannot be used: the variable U is not set"),
    ("E02", "P", "the password cannot be used: the variable P is not set"),
    ("E03", "K", "the company key cannot be used: the variable K is not set"),
])  # fmt: skip
def test_a_missing_variable_is_named(case: str, variable: str, what: str) -> None:
    """E01 to E03: the message names profile, credential and variable."""
    environ = {name: value for name, value in ENVIRON.items() if name != variable}
    assert unresolved(LIVE, environ) == f"profile acme: {what}", case


@pytest.mark.parametrize(("case", "variable", "value", "words"), [
    ("E04", "P", "", "is empty"),
    ("E05", "P", "hunter22\n", "a line break or another control character"),
    ("E06", "U", "hunter22:x", "holds a colon, which Basic cannot carry"),
    ("E07", "U", "hunter22\r\nx: y", "a line break or another control character"),
    ("E07", "P", "hunter22\x00", "a line break or another control character"),
    ("E09", "P", "abc", "too short to be kept out of messages"),
    ("space", "P", " hunter22", "begins or ends with a space"),
    ("surrogate", "P", "hunter22\udcff", "control character"),
])  # fmt: skip
def test_what_basic_cannot_carry_is_refused(case: str, variable: str, value: str, words: str) -> None:
    """E04 to E07, E09: a credential that goes wrong, or could not be hidden, is refused and not shown."""
    said = unresolved(LIVE, {**ENVIRON, variable: value})
    assert words in said, case
    assert f"the variable {variable} " in said
    assert "hunter22" not in said


@pytest.mark.parametrize("value", ["pässwörd-日本", 'p@ss w/ord+"é<&%', "a:b:c:d"])
def test_other_passwords_are_taken_as_they_are(value: str) -> None:
    """E08, E10: what is no ASCII, or has a meaning in a URL, arrives intact; so does a colon."""
    found = resolve(LIVE, {**ENVIRON, "P": value}, nothing)
    assert (found.company_key, found.username, found.password) == ("company-key", "anna@example.com", value)


def test_credentials_are_not_in_a_repr() -> None:
    """A traceback or a log of the object shows no secret."""
    assert repr(resolve(LIVE, ENVIRON, nothing)) == "Credentials()"


FILE = replace(LIVE, password=Reference("file", "/run/secrets/p"))


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_file_may_end_its_line(end: bytes) -> None:
    """An editor's line end is not part of the secret."""
    assert resolve(FILE, ENVIRON, lambda path: (b"correct horse" + end, 0o100600)).password == "correct horse"


@pytest.mark.parametrize(("content", "mode", "words"), [
    (None, 0o600, "the file /run/secrets/p cannot be read: No such file or directory"),
    (b"hunter22", 0o640, "can be read by others: chmod 600"),
    (b"hunter22", 0o604, "can be read by others: chmod 600"),
    (b"hunter22\xff", 0o600, "is not UTF-8"),
    (b"hunter22\n\n", 0o600, "a line break"),
    (b"\n", 0o600, "is empty"),
])  # fmt: skip
def test_a_file_of_a_secret_is_its_owners_alone(content: bytes | None, mode: int, words: str) -> None:
    """A secret's file is refused where others can read it, or it holds no one line of text."""
    said = unresolved(FILE, ENVIRON, content, mode)
    assert words in said
    assert "hunter22" not in said


def test_profiles_are_chosen_by_name() -> None:
    """Names are looked up in profiles.yaml; sandbox is always there; an unknown name has a suggestion."""
    assert choose(("acme", "sandbox"), {"acme": LIVE}, {}) == (LIVE, sandbox())
    assert unchosen({}, ("acne",)) == "there is no profile 'acne'; did you mean 'acme'?"


def test_without_names_the_nearest_is_meant() -> None:
    """The default profile, else the environment's, else the sandbox."""
    environ = {"CARE_EXPORT_BASE_URL": "https://host/"}
    assert choose(None, {"default": LIVE}, environ) == (LIVE,)
    (found,) = choose(None, {"acme": LIVE}, environ)
    assert (found.name, found.base_url, found.source) == ("default", "https://host", "live")
    assert found.password == Reference("env", "CARE_EXPORT_PASSWORD")
    assert choose(None, {"acme": LIVE}, {}) == (sandbox(),)


@pytest.mark.parametrize("name", ["COMPANY_KEY", "USERNAME", "PASSWORD"])
def test_credentials_without_an_address_never_fall_back(name: str) -> None:
    """Who has set credentials means the real API: without an address the sandbox does not step in."""
    said = unchosen({f"CARE_EXPORT_{name}": "hunter22"})
    assert f"CARE_EXPORT_{name} is set, but CARE_EXPORT_BASE_URL is not" in said
    assert "hunter22" not in said


def test_an_address_of_the_environment_is_judged_too() -> None:
    """The same rules hold for an address from the environment; the message names the variable."""
    said = unchosen({"CARE_EXPORT_BASE_URL": "http://hunter22.example.com"})
    assert said.startswith("CARE_EXPORT_BASE_URL: http:// would send")
    assert "hunter22" not in said


def test_an_address_is_judged_without_a_file() -> None:
    """A good address has nothing said about it."""
    assert profiles.bad_address(URL) == ""


KEYRING = replace(LIVE, password=Reference("keyring", "care/api/anna@example.com"))


def test_a_secret_may_be_in_the_keyring() -> None:
    """A service may hold slashes, a user does not; what comes back is judged like any other secret."""
    (found,) = read(GOOD.replace("file:/run/secrets/acme", "keyring:care/api/anna@example.com")).values()
    assert found.password == KEYRING.password
    asked: list[tuple[str, str]] = []

    def keyring(service: str, user: str) -> str:
        asked.append((service, user))
        return "correct horse"

    assert resolve(KEYRING, ENVIRON, nothing, keyring).password == "correct horse"
    assert asked == [("care/api", "anna@example.com")]


@pytest.mark.parametrize(
    "text", ["keyring:hunter22", "keyring:hunter22/", "keyring:/hunter22", "keyring:a/hunter22\n"]
)
def test_a_reference_to_the_keyring_has_a_service_and_a_user(text: str) -> None:
    """Half a reference is refused, and is not repeated: it may be a password."""
    said = refused(GOOD.replace("file:/run/secrets/acme", json.dumps(text)))
    assert "a secret is never written here" in said
    assert "keyring:SERVICE/USER" in said
    assert "hunter22" not in said


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            ImportError(),
            "needs a package that is not here: in a clone `.venv/bin/python -m pip install keyring`",
        ),
        (OSError(0, "KeyringLocked"), "cannot be read: KeyringLocked"),
        (None, "is not there"),
        ("abc", "is shorter than 6 characters"),
        ("hunter22\n", "holds a line break"),
    ],
)
def test_a_keyring_that_does_not_help_is_told(answer: Exception | str | None, words: str) -> None:
    """78, with the entry's name and the reason, without what is in it."""

    def keyring(service: str, user: str) -> str | None:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(Refusal) as caught:
        resolve(KEYRING, ENVIRON, nothing, keyring)
    assert (caught.value.exit, caught.value.code) == (Exit.PROFILES, "E-SECRET")
    assert f"the keyring's entry care/api/anna@example.com {words}" in caught.value.message
    assert "hunter22" not in caught.value.message


def test_all_secrets_that_cannot_be_had_are_told_at_once() -> None:
    """Who has set none of three variables is not sent back three times."""
    bare = Profile("acme", URL, *(Reference("env", name) for name in ("KEY", "NAME", "WORD")))
    assert unresolved(bare, {"NAME": "reports:acme"}) == (
        "profile acme: the company key cannot be used: the variable KEY is not set; "
        "the user name cannot be used: the variable NAME holds a colon, which Basic cannot carry; "
        "the password cannot be used: the variable WORD is not set"
    )


def test_without_a_keyring_its_package_is_named() -> None:
    """Who reads no keyring says how to get one."""
    with pytest.raises(Refusal, match="pipx inject --include-apps care-export keyring"):
        resolve(KEYRING, ENVIRON, nothing)
