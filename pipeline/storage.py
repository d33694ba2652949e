"""How inputs by URL are reached: options of the store, without any secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from eurosift.stages.extract.stores import scheme_of

_SECRET = re.compile(
    r"key|secret|token|passw|passphrase|credential|authori[sz]ation|^auth$|cookie|signature"
    r"|connection_string|^sas",
    re.IGNORECASE,
)
_USER = re.compile(r"://[^/\s]*@")
_S3 = ("s3", "s3a")
_ANONYMOUS: dict[str, Any] = {
    "s3": {"anon": True},
    "s3a": {"anon": True},
    "gs": {"token": "anon"},
    "gcs": {"token": "anon"},
    "az": {"anon": True},
    "abfs": {"anon": True},
    "abfss": {"anon": True},
}


class Storage(BaseModel):
    """How inputs by URL are reached. Credentials are never here: recipes are shared and kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str | None = Field(
        default=None,
        description="Address of an S3 service that is not Amazon's: `https://s3.example.org`.",
    )
    region: str | None = Field(default=None, description="Region of an S3 service.")
    profile: str | None = Field(
        default=None, description="For S3: profile of `~/.aws/config` and `~/.aws/credentials`."
    )
    anonymous: bool = Field(
        default=False, description="Whether a public bucket is read without credentials."
    )
    options: dict[str, Any] = Field(
        default_factory=dict,
        description="Further options of the library behind the URL, as fsspec's `storage_options`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _no_secrets(cls, value: Any) -> Any:
        for name in _secrets(value):
            raise ValueError(
                f"`{name}` looks like a secret, and a recipe is no place for one: set it in the "
                "environment (AWS_ACCESS_KEY_ID …) or in the credentials file of the library "
                "(~/.aws/credentials, with `profile`)"
            )
        return value

    def for_urls(self, urls: tuple[str, ...]) -> dict[str, Any]:
        """Return the options for fsspec.

        Raises
        ------
        ValueError
            If an option is not for stores of these URLs.
        """
        schemes = sorted({scheme_of(url) for url in urls})
        for name in ("endpoint", "region", "profile"):
            if getattr(self, name) is not None and not set(schemes) <= set(_S3):
                raise ValueError(f"`{name}` is for s3:// alone; give other stores `options`")
        given: dict[str, Any] = {}
        if self.endpoint is not None:
            given["endpoint_url"] = self.endpoint
        if self.profile is not None:
            given["profile"] = self.profile
        if self.region is not None:
            given["client_kwargs"] = {"region_name": self.region}
        if self.anonymous:
            for scheme in schemes:
                if scheme not in _ANONYMOUS:
                    raise ValueError(f"`anonymous` says nothing for {scheme}://; remove it")
                given |= _ANONYMOUS[scheme]
        return given | self.options


def _secrets(value: Any, name: str = "") -> Iterator[str]:
    """Names of all values, however deep, that must not be told."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if _SECRET.search(str(key)):
                yield str(key)
            yield from _secrets(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(inner, name)
    elif isinstance(value, str) and _USER.search(value):
        yield name


def check_url(url: str) -> None:
    """Refuse a URL that may tell a secret, or that fsspec would take for several.

    Raises
    ------
    ValueError
        If it is one.
    """
    if _USER.search(url):
        raise ValueError(
            "a URL with a user name or password is no input: recipes are shared and kept; let the "
            "environment or a credentials file of the library have them"
        )
    if scheme_of(url) in ("http", "https") and ("?" in url or "#" in url):
        raise ValueError(
            f"{url.partition('?')[0]}?…: a URL with a query is no input: it may tell a secret, and "
            "the name of the file is to end with its suffix"
        )
    if "::" in url:
        raise ValueError(f"{url}: chained URLs (::) are not read")
