from pathlib import Path

import pytest

from service.notices.vault import Vault, VaultError


def test_a_secret_comes_back_for_its_own_row_only(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    kept = vault.seal("slack://geheim", about="channel:1")

    opened = vault.unseal(kept, about="channel:1")

    assert opened == "slack://geheim"
    assert "geheim" not in kept
    with pytest.raises(VaultError):
        vault.unseal(kept, about="channel:2")


def test_two_seals_of_one_text_differ(tmp_path: Path) -> None:
    vault = Vault(tmp_path)

    seals = {vault.seal("x", about="a") for _ in range(3)}

    assert len(seals) == 3


@pytest.mark.parametrize("kept", ["", "v1:", "v1:AAAA", "onzin é", "v1:" + "A" * 80])
def test_what_is_no_seal_is_told_apart(tmp_path: Path, kept: str) -> None:
    with pytest.raises(VaultError, match="voer het opnieuw in"):
        Vault(tmp_path).unseal(kept, about="a")


def test_the_key_is_for_our_eyes_only_and_made_once(tmp_path: Path) -> None:
    kept = Vault(tmp_path).seal("x", about="a")

    opened = Vault(tmp_path).unseal(kept, about="a")

    files = list((tmp_path / "secrets").iterdir())
    assert opened == "x"
    assert [(file.name, file.stat().st_mode & 0o777, file.stat().st_size) for file in files] == [
        ("key", 0o600, 32)
    ]
