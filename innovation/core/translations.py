"""Translations without Debian's gettext: find the strings people see, keep one catalogue an app, compile it.

A string belongs to the app whose code or ``templates/<label>/`` it stands in, or else to ``innovation/core``.
What the settings name and what installed packages show without Chinese of their own is kept in ``innovation``;
there ours win.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

SOURCE_LANGUAGE = "en"
REST, PACKAGES = "innovation/core", "innovation"
FUNCTIONS = {
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}  # positions of context, text and plural
TEMPLATE_CALL = re.compile(r"(?<![\w.])(?:n?p?gettext|_)\(")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
TEMPLATE_SUFFIXES = {".html", ".txt", ".svg", ".xml"}
PACKAGES_WITHOUT_CHINESE = ("unfold", "django_filters", "django_celery_beat", "import_export")
LOGIN_TEMPLATES = {"account", "mfa", "usersessions", "socialaccount"}  # allauth's pages are part of accounts
FROM_PACKAGE = "Shown by an installed package that has no Chinese for it: "
HEADER = {
    "Language": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


@dataclass(frozen=True, order=True)
class Message:
    """One string to translate. ``package`` names the installed package that shows it, if it is not ours."""

    text: str
    context: str | None = None
    plural: str | None = field(default=None, compare=False)
    package: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.text, self.context or ""


def compile_all(locale_paths: Iterable[Path] | None = None) -> int:
    """Write the ``.mo`` file of each catalogue that has none or an older one; return how many were written."""
    written = 0
    for folder in settings.LOCALE_PATHS if locale_paths is None else locale_paths:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/django.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            draft = target.with_suffix(f".{id(source)}.tmp")
            draft.write_bytes(polib.pofile(str(source)).to_binary())
            draft.replace(target)
            written += 1
    return written


def catalogues() -> dict[str, Path]:
    """The catalogue of each app, by the app's folder relative to the project, such as ``innovation/core``."""
    locale = to_locale(next(code for code, _name in settings.LANGUAGES if code != SOURCE_LANGUAGE))
    return {
        Path(path).parent.relative_to(settings.BASE_DIR).as_posix(): Path(path) / locale / "LC_MESSAGES/django.po"
        for path in settings.LOCALE_PATHS
    }


def messages_of_project() -> dict[str, dict[tuple[str, str], Message]]:
    """Every string people see, by the app folder that it belongs to."""
    found: dict[str, dict[tuple[str, str], Message]] = {app: {} for app in catalogues()}
    for app, path in _sources():
        for message in messages_in(path):
            found[app].setdefault(message.key, message)
    ours = {key for messages in found.values() for key in messages}
    for message in messages_of_packages():
        if message.key not in ours:
            found[PACKAGES].setdefault(message.key, message)
    return found


def messages_in(path: Path) -> list[Message]:
    """The strings of one Python module or template, in the order in which they stand."""
    text = path.read_text(encoding="utf-8")
    return list(_in_python(text) if path.suffix == ".py" else _in_template(text, str(path)))


def messages_of_packages() -> Iterator[Message]:
    """Strings of installed packages for which no installed package has a translation."""
    known = _translated_by_packages()
    for package in settings.INSTALLED_APPS:
        if package.partition(".")[0] not in PACKAGES_WITHOUT_CHINESE:
            continue
        root = _folder_of(package)
        for path in sorted(root.rglob("*")):
            if (path.suffix == ".py" or path.suffix in TEMPLATE_SUFFIXES) and not _is_aside(path.relative_to(root)):
                for message in messages_in(path):
                    if message.key not in known:
                        yield replace(message, package=package.partition(".")[0])


def refresh(app: str) -> tuple[int, int]:
    """Bring the catalogue of ``app`` in line with the strings found; return how many were added and dropped.

    A string that another catalogue of ours already translates takes that translation; others are added empty.
    """
    path = catalogues()[app]
    wanted = messages_of_project()[app]
    old = {_key(entry): entry for entry in _entries(path)}
    elsewhere = {
        _key(entry): entry.msgstr
        for other in catalogues().values()
        if other != path
        for entry in _entries(other)
        if entry.msgstr
    }
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = HEADER | {"Language": path.parent.parent.name}
    for message in sorted(wanted.values(), key=lambda message: (message.text.casefold(), message.key)):
        entry = old.get(message.key) or polib.POEntry(msgid=message.text, msgctxt=message.context)
        if entry.msgid_plural != (message.plural or ""):
            entry.msgid_plural = message.plural or ""
            entry.msgstr, entry.msgstr_plural = "", {0: entry.msgstr} if message.plural else {}
        if not message.plural and not entry.msgstr:
            entry.msgstr = elsewhere.get(message.key, "")
        entry.occurrences, entry.obsolete = [], False
        entry.comment = f"{FROM_PACKAGE}{message.package}" if message.package else ""
        catalogue.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{catalogue}".rstrip("\n") + "\n", encoding="utf-8")
    return len(wanted.keys() - old.keys()), len(old.keys() - wanted.keys())


def defects() -> list[str]:
    """One line for each string without a finished translation and each that has two different ones."""
    found = messages_of_project()
    lines = []
    translated: dict[tuple[str, str], tuple[str, str]] = {}
    for app, path in catalogues().items():
        entries = {_key(entry): entry for entry in _entries(path)}
        for key in sorted(found[app]):
            entry = entries.get(key)
            if entry is None:
                lines.append(f"{app}: missing: {key[0]!r}")
            elif entry.fuzzy:
                lines.append(f"{app}: fuzzy: {key[0]!r}")
            elif not (entry.msgstr or any(entry.msgstr_plural.values())):
                lines.append(f"{app}: untranslated: {key[0]!r}")
        for key, entry in entries.items():
            if key not in found[app]:
                lines += [f"{app}: no longer used: {key[0]!r}"] if app != PACKAGES else []
                continue
            lines += [f"{app}: placeholders differ: {key[0]!r}"] if _placeholders_differ(entry) else []
            other_app, other = translated.setdefault(key, (app, entry.msgstr))
            if other != entry.msgstr and entry.msgstr and other:
                lines.append(f"{app}: {key[0]!r} is {entry.msgstr!r} here but {other!r} in {other_app}")
    return lines


def _sources() -> Iterator[tuple[str, Path]]:
    """Each module and template of ours with the app folder whose catalogue takes its strings."""
    base = Path(settings.BASE_DIR)
    apps = catalogues()
    labels = {Path(app).name: app for app in apps if app != PACKAGES} | dict.fromkeys(
        LOGIN_TEMPLATES, "innovation/accounts"
    )
    tops = {app.partition(".")[0] for app in settings.INSTALLED_APPS}
    for top in sorted(top for top in tops if (base / top).is_dir()):
        for path in sorted((base / top).rglob("*")):
            relative = path.relative_to(base)
            if path.suffix in {".py", *TEMPLATE_SUFFIXES} and not _is_aside(relative):
                yield max((app for app in apps if relative.is_relative_to(app)), key=len, default=REST), path
    for path in sorted((base / "templates").rglob("*")):
        if path.suffix in TEMPLATE_SUFFIXES:
            yield labels.get(path.relative_to(base / "templates").parts[0], REST), path


def _is_aside(relative: Path) -> bool:
    """Whether the folder holds what people never see, or belongs to the operator's command line."""
    return not {"static", "tests", "migrations", "locale", "data", "management", "contrib"}.isdisjoint(relative.parts)


def _in_python(text: str) -> Iterator[Message]:
    tree = ast.parse(text)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            name = names.get(node.func.id)
        elif isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            name = node.func.attr if names.get(node.func.value.id, node.func.value.id) == "translation" else None
        else:
            name = None
        if name in FUNCTIONS:
            yield from _from_call(node, name)


def _in_template(text: str, origin: str) -> Iterator[Message]:
    code = templatize(text, origin=origin)
    for match in TEMPLATE_CALL.finditer(code):
        name = "gettext" if match.group() == "_(" else match.group()[:-1]
        for end in re.finditer(r"\)", code[match.end() :]):
            try:
                call = ast.parse(code[match.start() : match.end() + end.end()], mode="eval").body
            except SyntaxError:
                continue
            if isinstance(call, ast.Call):
                yield from _from_call(call, name)
            break


def _from_call(call: ast.Call, name: str) -> Iterator[Message]:
    """The message of one call; nothing when its text is a variable, which is translated where it is made."""
    values = []
    for position in FUNCTIONS[name]:
        argument = call.args[position] if position is not None and position < len(call.args) else None
        values.append(argument.value if isinstance(argument, ast.Constant) else None)
    context, text, plural = values
    if isinstance(text, str) and text.strip():
        yield Message(text, context, plural)


@cache
def _translated_by_packages() -> frozenset[tuple[str, str]]:
    """Keys that Django and the installed packages translate by themselves."""
    locale = next(iter(catalogues().values())).parent.parent.name
    folders = {_folder_of("django"), *(_folder_of(app) for app in settings.INSTALLED_APPS)}
    return frozenset(
        _key(entry)
        for folder in folders
        if not folder.is_relative_to(settings.BASE_DIR) or ".venv" in folder.parts
        for path in folder.rglob(f"locale/{locale}/LC_MESSAGES/django.mo")
        for entry in polib.mofile(str(path))
    )


def _folder_of(app: str) -> Path:
    """Where the package of an entry of INSTALLED_APPS lies, which may name its AppConfig."""
    package = re.sub(r"\.\w+\.[A-Z]\w+$", "", app)
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ValueError(f"{app} is not installed")
    return Path(spec.origin).parent


def _entries(path: Path) -> list[polib.POEntry]:
    return [entry for entry in polib.pofile(str(path)) if not entry.obsolete] if path.exists() else []


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgid, entry.msgctxt or ""


def _placeholders_differ(entry: polib.POEntry) -> bool:
    """Whether a translation lost or invented a ``%(name)s`` or ``{name}``, which fails when it is shown."""
    wanted = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural or "")}
    texts = [text for text in (entry.msgstr, *entry.msgstr_plural.values()) if text]
    if entry.msgid_plural:
        return any(not set(PLACEHOLDER.findall(text)) <= wanted for text in texts)
    return any(set(PLACEHOLDER.findall(text)) != wanted for text in texts)
