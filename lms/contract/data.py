"""Tables have migrations, and those about people a fate; files that a plugin names are there."""

from ..db import Base
from ..errors import ContractError
from ..plugins import Plugin


def tables_of(plugin: Plugin) -> list[str]:
    """The names of the tables whose models stand in the plugin's package."""
    package = plugin.package
    return [
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == package or mapper.class_.__module__.startswith(f"{package}.")
    ]


def check_tables(plugin: Plugin) -> None:
    """Refuse tables without migrations."""
    if plugin.migrations is None and (tables := tables_of(plugin)):
        raise ContractError(
            f"Plugin {plugin.name!r} has the table {tables[0]!r} but no folder of migrations; "
            'add `migrations=Path(__file__).parent / "migrations"`.'
        )


def check_personal_data(plugin: Plugin) -> None:
    """Refuse tables about people of which nobody says what becomes of them."""
    about_people = _tables_about_people()
    for table in (Base.metadata.tables[name] for name in tables_of(plugin)):
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            target = key.target_fullname.partition(".")[0]
            if target not in about_people:
                continue
            if not plugin.personal_data:
                raise ContractError(
                    f"Plugin {plugin.name!r} has the table {table.name!r}, which refers to {target!r}, but no "
                    "PersonalData; add personal_data=(PersonalData(…),)."
                )
            if plugin.name != "core" and key.ondelete not in {"CASCADE", "SET NULL"}:
                # A person must be able to leave also while this plugin is switched off.
                raise ContractError(
                    f"Plugin {plugin.name!r}: {table.name}.{key.parent.name} would keep somebody from leaving; "
                    'add ondelete="CASCADE" or "SET NULL" to its foreign key.'
                )


def _tables_about_people() -> set[str]:
    """The person, and the tables of the core with rows that hang on one, at whatever distance."""
    found = {"core_person"}
    core = [table for table in Base.metadata.tables.values() if table.name.startswith("core_")]
    before = 0
    while before < len(found):
        before = len(found)
        found |= {
            table.name
            for table in core
            if any(key.target_fullname.partition(".")[0] in found for key in table.foreign_keys)
        }
    return found


def check_files(plugin: Plugin) -> None:
    """Refuse a plugin that names a file which is not there."""
    files = [source.file for source in plugin.vocabularies]
    files += [content.folder / "course.toml" for content in plugin.courses]
    for file in files:
        if not file.is_file():
            raise ContractError(f"Plugin {plugin.name!r} names the file {file}, which is not there; correct the path.")
