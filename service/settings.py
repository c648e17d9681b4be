"""Settings, read once from the environment; docs/administrator.md lists them."""

import os
import re
from functools import cache
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "JAARRITME_"
_HERE = ("127.0.0.1", "localhost", "::1")


class SettingsError(Exception):
    """Een instelling klopt niet."""


class Settings(BaseSettings):
    """Everything an administrator sets without touching code, each as JAARRITME_<NAME>."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True)

    home: Path = Path(".state")
    port: int = Field(default=8000, ge=1, le=65535)
    prefect_port: int = Field(default=4200, ge=1, le=65535)
    database_url: str = ""
    smtp_url: str = Field(default="", repr=False)
    mail_per_minute: int = 0
    mail_per_day: int = 0
    bounce_address: str = ""
    oauth_token_url: str = ""
    oauth_client_id: str = ""
    oauth_client_secret: str = Field(default="", repr=False)
    oauth_refresh_token: str = Field(default="", repr=False)
    oauth_scope: str = ""
    replies_url: str = Field(default="", repr=False)
    authserv_id: str = ""
    base_url: str = ""
    procedures: Path | None = None
    demo: bool = False
    # Between 02:00 and 03:00 the clock may jump, and a moment may come twice or never.
    morning: str = Field(default="06:30", pattern=r"^(0[013-9]|1\d|2[0-3]):[0-5]\d$")
    prefect_python: Path | None = None
    test_postgres: str = ""

    @field_validator("home")
    @classmethod
    def _is_a_folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError(f"{value} is geen map")
        return value.resolve()

    @field_validator("database_url")
    @classmethod
    def _is_a_database_we_know(cls, value: str) -> str:
        if value.startswith("postgresql://"):
            return value.replace("postgresql://", "postgresql+psycopg://", 1)
        if value and not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("begin met sqlite:/// of postgresql://")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _is_a_mail_server(cls, value: str) -> str:
        if value and not value.startswith(("smtp://", "smtps://", "smtp+starttls://")):
            raise ValueError("begin met smtp://, smtps:// of smtp+starttls://")
        parts = urlsplit(value)
        if parts.scheme == "smtp" and parts.username and parts.hostname not in _HERE:
            raise ValueError(
                "een wachtwoord gaat alleen versleuteld over het net: smtps:// of smtp+starttls://"
            )
        return value

    @field_validator("mail_per_minute", "mail_per_day")
    @classmethod
    def _is_a_number_of_mails(cls, value: int) -> int:
        if value < 0:
            raise ValueError("moet 0 (geen grens) of meer zijn")
        return value

    @field_validator("bounce_address")
    @classmethod
    def _has_a_place_for_the_code(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9._+=-]*\{code\}[A-Za-z0-9._+=-]*@[A-Za-z0-9.-]+", value):
            raise ValueError("schrijf bijvoorbeeld terug+{code}@school.example")
        return value

    @field_validator("oauth_token_url")
    @classmethod
    def _is_a_safe_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError("begin met https://")
        return value

    @field_validator("replies_url")
    @classmethod
    def _is_a_mailbox(cls, value: str) -> str:
        if value and not value.startswith(("imaps://", "imap+starttls://", "imap://", "maildir:///")):
            raise ValueError("begin met imaps://, imap+starttls:// of maildir:///")
        parts = urlsplit(value)
        if parts.scheme == "imap" and parts.hostname not in _HERE:
            raise ValueError("antwoorden gaan alleen versleuteld over het net: imaps:// of imap+starttls://")
        return value

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("begin met http:// of https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fill_in(self) -> Self:
        filled = {
            "database_url": self.database_url or f"sqlite:///{self.home / 'jaarritme.db'}",
            "base_url": self.base_url or f"http://127.0.0.1:{self.port}",
        }
        for name, value in filled.items():
            object.__setattr__(self, name, value)
        return self

    @property
    def prefect_url(self) -> str:
        """Return the address of Prefect's own pages."""
        return f"http://127.0.0.1:{self.prefect_port}"


@cache
def settings() -> Settings:
    """Return the settings of this process; raise ``SettingsError`` that names each wrong variable."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = sorted(k for k in os.environ if k.startswith(PREFIX) and k not in known)
    if unknown:
        raise SettingsError(f"Onbekende instelling: {', '.join(unknown)}.")
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_wrong(e) for e in error.errors())) from error


_DUTCH = {
    "int_parsing": "moet een getal zijn",
    "greater_than_equal": "moet een getal van 1 tot en met 65535 zijn",
    "less_than_equal": "moet een getal van 1 tot en met 65535 zijn",
    "bool_parsing": "moet 1 of 0 zijn",
    "string_pattern_mismatch": "moet een tijd zijn zoals 06:30, niet tussen 02:00 en 03:00",
}


def _wrong(error: ErrorDetails) -> str:
    """Name the variable and what is wrong with its value; never the value, which may be a secret."""
    message = error["msg"].removeprefix("Value error, ")
    return f"{PREFIX}{str(error['loc'][0]).upper()}: {_DUTCH.get(error['type'], message)}."
