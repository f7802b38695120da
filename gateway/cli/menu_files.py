"""Files that an official hands in, whatever editor they come from: read and written; what is wrong is said in words."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from gateway.ussd import publishing
from menus.faults import Fault, MenuRefused
from menus.grammar import Menu
from menus.load import load

path_type = partial(click.Path, path_type=Path)
#: Of most commands: the menu that the product ships with, unless another is named.
file_argument = click.argument("file", type=path_type(), default=publishing.SHIPPED_MENU)

_BOM = "\ufeff"
_REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "there is no such file",
    IsADirectoryError: "this is a folder, not a file",
    PermissionError: "you may not read this file",
}


@dataclass(frozen=True, slots=True)
class TextFile:
    """`text` has plain line ends; the file keeps its own, and its byte order mark, when it is written again."""

    path: Path
    text: str
    has_bom: bool = False
    has_windows_line_ends: bool = False

    @property
    def name(self) -> str:
        """As short as it can be told from here."""
        here = Path.cwd()
        path = self.path.resolve()
        return str(path.relative_to(here)) if path.is_relative_to(here) else str(self.path)


def read(path: Path) -> TextFile:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(
            f"{path}: this is not UTF-8 (byte {error.start + 1}); save it as UTF-8 and try again."
        ) from None
    except OSError as error:
        reason = _REASONS.get(type(error), error.strerror or str(error))
        raise click.ClickException(f"{path}: {reason}.") from None
    return TextFile(
        path,
        text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n"),
        has_bom=text.startswith(_BOM),
        has_windows_line_ends="\r\n" in text,
    )


def write(file: TextFile, text: str) -> None:
    """The whole file at once: a reader finds the old one or the new one."""
    if file.has_windows_line_ends:
        text = text.replace("\n", "\r\n")
    target = file.path.resolve()
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as written:
            written.write(((_BOM if file.has_bom else "") + text).encode())
        beside = Path(written.name)
        beside.chmod(target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        beside.replace(target)
    except OSError as error:
        raise click.ClickException(f"{file.path}: it cannot be written ({error.strerror}).") from None


def loaded(menu_file: TextFile) -> Menu:
    try:
        return load(menu_file.text)
    except MenuRefused as refused:
        refuse(menu_file, refused.faults, "cannot be read")


def one_of(wanted: Sequence[str], known: Sequence[str], what: str) -> Sequence[str]:
    for name in wanted:
        if name not in known:
            raise click.ClickException(f"The menu has no {what} {name}; it has {', '.join(known)}.")
    return wanted or known


def at(menu_file: TextFile, fault: Fault) -> str:
    return f"{menu_file.name}, {fault}"


def refuse(menu_file: TextFile, faults: Sequence[Fault], what: str) -> NoReturn:
    for fault in faults:
        click.echo(at(menu_file, fault), err=True)
    raise click.ClickException(f"{menu_file.name} {what}; correct this first (flask menus check).")


def count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
