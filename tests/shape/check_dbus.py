# SPDX-License-Identifier: Apache-2.0
"""The D-Bus interface is documented to the last member: in the introspection XML, in
org.nitro.Policy1(5), and by names that C takes from one header. (That the daemon has
exactly these members, tests/integration/test_daemon.py proves.)"""
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

TOP = pathlib.Path(os.environ.get("top_srcdir", pathlib.Path(__file__).parents[2]))
XML = TOP / "dbus/org.nitro.Policy1.xml"
HEADER = TOP / "dbus/nitro_bus.h"
PAGE = TOP / "man/org.nitro.Policy1.5"
POLICY = TOP / "dbus/org.nitro.Policy1.conf"
# What documents of the header's strings stand for, where they are no member's name.
WORDS = r"#define NITRO_(?:OPTION|VERDICT|DOCUMENT|LIVE|STATISTIC|STATE|ERROR)_\w+[\s\\]+\"([^\"]+)\""


def interfaces():
    """(interface, its members and comments in their order)"""
    builder = ElementTree.TreeBuilder(insert_comments=True)
    root = ElementTree.parse(XML, ElementTree.XMLParser(target=builder)).getroot()
    for interface in root.iter("interface"):
        yield interface.get("name"), list(interface)


def signature(member, direction):
    return " , ".join(f"{arg.get('type')} {arg.get('name')}" for arg in member.findall("arg")
                      if arg.get("direction", "out") == direction)


def undocumented(name, children):
    """Members without a comment of their own; properties may share one."""
    before = None
    for child in children:
        if child.tag is ElementTree.Comment:
            before = child.text
            continue
        member = child.get("name")
        if child.tag == "property":
            if before is None:
                yield f"{name}.{member} has no comment"
            continue
        if before is None or not re.match(rf"\s*{member}: ", before):
            yield f"{name}.{member} has no comment that begins with its name"
        else:
            for arg in child.findall("arg"):
                if not re.search(rf"\b{arg.get('name')}\b[\w, ]*:", before):
                    yield f"{name}.{member}: its comment does not explain {arg.get('name')}"
        before = None


def missing_in_page(name, children, page):
    for child in children:
        if child.tag is ElementTree.Comment:
            continue
        member = child.get("name")
        if child.tag == "method":
            result = signature(child, "out")
            entry = f".It Ic {member} Pq {signature(child, 'in')} →".replace("Pq  →", "Pq →")
            entry += f" {result}" if result else ""
            if entry.rstrip(" →") not in [line.rstrip(" →") for line in page]:
                yield f"{PAGE.name} lacks: {entry}"
        elif not any(re.match(rf"\.It (Va|Ic|Sy) (.* )?{member}\b", line) for line in page):
            yield f"{PAGE.name} lacks {child.tag} {name}.{member}"


def missing_words(xml, page):
    words = re.findall(WORDS, HEADER.read_text())
    if len(words) < 40:
        yield f"only {len(words)} words were found in {HEADER.name}: looked in vain"
    for word in words:
        for where, text in ((XML.name, xml), (PAGE.name, page)):
            # The page says once which prefix the names of errors have.
            wanted = word.rpartition(".")[2] if text is page else word
            if not re.search(rf"(?<![\w-]){re.escape(wanted)}(?![\w-])", text):
                yield f"{where} does not mention {word}"


def main():
    page, broken, count = PAGE.read_text(), [], 0
    for name, children in interfaces():
        count += len(children)
        broken += undocumented(name, children)
        broken += missing_in_page(name, children, page.splitlines())
    broken += missing_words(XML.read_text(), page)
    policy = POLICY.read_text()
    for name in ("org.nitro.Policy1.Manager", "org.freedesktop.DBus.ObjectManager",
                 "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.Introspectable"):
        if f'send_interface="{name}"' not in policy:
            broken.append(f"{POLICY.name} does not let anybody call {name}")
    if count < 60:
        broken.append(f"only {count} members were found: looked in vain")
    print("\n".join(broken) or "ok: every member of the bus interface is documented")
    return 1 if broken else 0


sys.exit(main())
