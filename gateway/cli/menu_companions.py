"""`flask menus show | graph | words`: a menu to look at, to print and to translate. No database, no Redis."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli.menu_files import TextFile, count, file_argument, loaded, one_of, path_type, read, refuse, write
from gateway.ussd.examples import examples
from gateway.ussd.program import program
from menus import graph, show, wordlist
from menus.check import NOT_RENDERED, check, check_menu
from menus.faults import MenuRefused
from sessions.versions import sha_of

#: Of a version's hash, as much as people read out.
SHORT = 12

words = click.Group("words", help="The words of a menu as a table for translators, and back into the file.")


@click.command("show")
@file_argument
@click.option("--screen", "screens", multiple=True, help="Only this screen; may be given again.")
@click.option("--language", "languages", multiple=True, help="Only this language; may be given again.")
@click.option("--html", type=path_type(), help="Write a page to print and sign instead.")
def show_screens(file: Path, screens: tuple[str, ...], languages: tuple[str, ...], html: Path | None) -> None:
    """Draws each screen as a phone: as a caller may see it, and at its worst."""
    menu_file = read(file)
    menu = loaded(menu_file)
    if faults := [fault for fault in check_menu(menu, program) if fault.code in NOT_RENDERED]:
        refuse(menu_file, faults, "cannot be drawn")
    shown = one_of(languages, menu.languages, "language")
    sheets = show.sheets(
        menu, program, {one: examples(one) for one in shown}, one_of(screens, list(menu.screens), "screen"), shown
    )
    if html is None:
        click.echo(show.as_text(sheets))
        return
    title = f"Menu {menu.name}, version {sha_of(menu_file.text)[:SHORT]}"
    write(TextFile(html, ""), show.as_html(title, sheets))
    click.echo(f"Written to {html}: {title}.")


@click.command("graph")
@file_argument
@click.option("--language", help="The language of the labels; by default the menu's first.")
def draw_graph(file: Path, language: str | None) -> None:
    """Prints the menu as a Mermaid flowchart."""
    menu = loaded(read(file))
    chosen = one_of((language,) if language else menu.languages[:1], menu.languages, "language")
    click.echo(graph.mermaid(menu, chosen[0]), nl=False)


@words.command("out")
@file_argument
@click.option("--to", type=path_type(), help="Write it to this file, in the way that spreadsheets expect.")
def words_out(file: Path, to: Path | None) -> None:
    """Prints a CSV with every text of FILE, languages side by side."""
    menu_file = read(file)
    if faults := check(menu_file.text, program):
        refuse(menu_file, faults, "has to check before it is translated")
    table = wordlist.table(menu_file.text, program)
    if to is None:
        click.echo(table, nl=False)
        return
    # Without the mark, spreadsheets take UTF-8 for something older.
    write(TextFile(to, "", has_bom=True, has_windows_line_ends=True), table)
    click.echo(f"Written to {to}.")


@words.command("in")
@click.argument("csv", type=path_type())
@file_argument
def words_in(csv: Path, file: Path) -> None:
    """Writes the texts of CSV into FILE, all of them or none; comments and layout stay."""
    menu_file = read(file)
    try:
        rewritten = wordlist.put_in(menu_file.text, read(csv).text, program)
    except MenuRefused as refused:
        refuse(menu_file, refused.faults, "cannot be read")
    except wordlist.WordsRefused as refused:
        for fault in refused.faults:
            click.echo(f"{csv}: {fault}")
        raise click.ClickException(f"{menu_file.name} was not changed.") from None
    for change in rewritten.changes:
        click.echo(change)
    if rewritten.changes:
        write(menu_file, rewritten.source)
        click.echo(f"{count(len(rewritten.changes), 'text')} changed in {menu_file.name}. Look at it, then publish it.")
    else:
        click.echo(f"{menu_file.name} has these words already.")


COMMANDS = (show_screens, draw_graph, words)
