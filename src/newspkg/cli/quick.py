"""The short way to a command: plain calls are read here, straight from the command's signature.

typer builds a checked adapter for each option of a command before it runs it, which costs more CPU than validating a
small package. A call in which nothing is odd needs none of that. Whatever is odd - help, a wrong value, an option that
is not there, a spelling that only typer allows - is left to typer, which then reads the call from its beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from inspect import signature
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

__all__ = ["read_call"]

_WHOLE = re.compile(r"[0-9]{1,9}")


class _Odd(Exception):  # noqa: N818 - never leaves this module
    """Something that typer is to look at."""


def read_call(command: Callable[..., None], arguments: Sequence[str]) -> dict[str, Any] | None:
    """What a command is to be called with, as typer would; None where typer has to look at it.

    Of the command's parameters one may be an argument; types are str, int, bool, Path and StrEnum, each of them
    optional or in a list.
    """
    hints = get_type_hints(command, include_extras=True)
    given = {name: one.default for name, one in signature(command).parameters.items()}
    argument, options = None, {}
    for name in given:
        kind, info = get_args(hints[name])
        if isinstance(info, ArgumentInfo):
            argument = name
        elif isinstance(info, OptionInfo):
            # Within Annotated the first spelling stands where else the default does.
            spellings = [one for one in (info.default, *(info.param_decls or ())) if isinstance(one, str)]
            for spelling in spellings or [f"--{name.replace('_', '-')}"]:
                options[spelling] = (name, kind, info)
    seen: set[str] = set()
    words = iter(arguments)
    try:
        for word in words:
            if not word.startswith("-"):
                if argument is None or argument in seen:
                    return None
                seen.add(argument)
                given[argument] = _value(word, get_args(hints[argument])[0], None)
                continue
            spelling, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
            if spelling not in options:
                return None
            name, kind, info = options[spelling]
            if kind is bool:
                if equals:
                    return None
                given[name] = True
                continue
            value = value if equals else next(words, "-")
            many = _inner(kind)[1]
            if value.startswith("-") or (name in seen and not many):
                return None
            made = _value(value, kind, info)
            given[name] = [*(given[name] or []), made] if many else made
            seen.add(name)
    except _Odd:
        return None
    return given


def _inner(kind: Any) -> tuple[Any, bool]:
    """The type of a single value, and whether there may be several."""
    if isinstance(kind, UnionType):
        kind = next(one for one in get_args(kind) if one is not NoneType)
    return (get_args(kind)[0], True) if get_origin(kind) is list else (kind, False)


def _value(text: str, kind: Any, info: OptionInfo | None) -> Any:
    one, _ = _inner(kind)
    if one is str:
        return text
    if one is Path:
        return Path(text)
    if one is int and _WHOLE.fullmatch(text):
        least = info.min if info is not None else None
        if least is None or int(text) >= least:
            return int(text)
    if isinstance(one, type) and issubclass(one, StrEnum) and text in list(one):
        return one(text)
    raise _Odd
