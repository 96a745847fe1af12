"""Reads what the demo leaves behind with programs that know nothing of Attaché, and fails on the first thing that is not right.

demo-files.py FOLDER [--server URL]

With the address of the server that made them, it also follows each letter's QR code to the page that verifies the letter.
"""

import argparse
import datetime
import email
import email.policy
import itertools
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import xml.etree.ElementTree

import icalendar

# What the demo is known to make. Another kind is checked as soon as it is there; one of these must be there.
EXPECTED = {"itineraries", "letters", "outbox", "programmes", "schedule"}
# The events of the years before, each with the number of its sessions.
PROGRAMMES = {"letter-of-intent-2022": 3, "launch-2022": 4, "seminar-2023": 4}

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH_WORD = re.compile(r"\b[A-Za-z]{2,}\b")
# A reference has parts and digits: LTR-2026-0001, PK/12/7.
REFERENCE = re.compile(r"\b[A-Z0-9]+(?:[-/][A-Z0-9]+)+\b")


def check(holds, what):
    if not holds:
        sys.exit(f"demo files: {what}")


def tool(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def text_of(pdf):
    check(pdf.read_bytes().startswith(b"%PDF-"), f"{pdf.name} is not a PDF")
    return tool("pdftotext", "-layout", str(pdf), "-")


def check_letters(folder, server):
    letters = sorted(folder.glob("*.pdf"))
    check(letters, "there are no letters")
    texts = {letter: text_of(letter) for letter in letters}
    for letter, text in texts.items():
        check(len(ENGLISH_WORD.findall(text)) + len(CHINESE.findall(text)) >= 60, f"{letter.name} says hardly anything")
    check(any(len(ENGLISH_WORD.findall(text)) >= 60 for text in texts.values()), "no letter is in English")
    check(any(len(CHINESE.findall(text)) >= 60 for text in texts.values()), "no letter is in Chinese")
    links = {letter: verify_link(letter) for letter in letters}
    check(len(set(links.values())) == len(letters), "two letters share a verify address")
    if server:
        for letter, link in links.items():
            check_verified(letter, texts[letter], server, link)
    return f"{len(letters)} letters, each with its own verify address"


def verify_link(letter):
    with tempfile.TemporaryDirectory() as pages:
        tool("pdftoppm", "-r", "200", "-png", str(letter), f"{pages}/page")
        images = sorted(str(page) for page in pathlib.Path(pages).glob("*.png"))
        # Its exit code tells of a page without a code, such as the second of a long letter.
        scan = subprocess.run(["zbarimg", "--quiet", "--raw", *images], capture_output=True, text=True)
        decoded = scan.stdout.split()
    # A letter in two languages bears its code on the page of each.
    links = {link for link in decoded if re.fullmatch(r"https?://[^/]+/verify/[^/?#]+", link)}
    check(len(links) == 1, f"{letter.name} has {len(links)} verify addresses in its QR codes, not one")
    return links.pop()


def check_verified(letter, text, server, link):
    path = urllib.parse.urlsplit(link).path
    with urllib.request.urlopen(server + path, timeout=10) as answer:
        page = answer.read().decode("utf-8")
    shared = {reference for reference in REFERENCE.findall(text) if reference in page}
    check(shared, f"{path} does not speak of the letter {letter.name}")


def check_outbox(folder, _server):
    mails = sorted(folder.glob("*.eml"))
    check(mails, "there are no mails")
    identifiers, bodies, letters = set(), [], 0
    for path in mails:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        parts = list(mail.walk())
        check(not any(part.defects for part in parts), f"{path.name} is malformed")
        for header in ("From", "To", "Subject", "Date", "Message-ID"):
            check(len(mail.get_all(header, [])) == 1, f"{path.name} has not one {header}")
        identifiers.add(mail["Message-ID"])
        for kind in ("plain", "html"):
            body = mail.get_body(preferencelist=(kind,))
            check(body is not None and body.get_content().strip(), f"{path.name} has no {kind} text")
            bodies.append(body.get_content())
        pdfs = [part.get_content() for part in mail.iter_attachments() if part.get_content_type() == "application/pdf"]
        check(all(pdf.startswith(b"%PDF-") for pdf in pdfs), f"{path.name} has a damaged attachment")
        letters += len(pdfs)
    check(len(identifiers) == len(mails), "two mails share a Message-ID")
    check(any(len(CHINESE.findall(body)) >= 20 for body in bodies), "no mail is in Chinese")
    check(any(not CHINESE.search(body) for body in bodies), "no mail is in English")
    check(letters, "no mail carries a letter")
    return f"{len(mails)} mails, {letters} PDF attachments"


def events_of(path):
    calendar = icalendar.Calendar.from_ical(path.read_bytes())
    check(not calendar.errors, f"{path.name}: {calendar.errors}")
    for name in ("VERSION", "PRODID"):
        check(name in calendar, f"{path.name} has no {name}")
    events = calendar.walk("VEVENT")
    check(events, f"{path.name} has no events")
    zones = {str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")}
    for event in events:
        check(not event.errors, f"{path.name}: {event.errors}")
        check(all(name in event for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY")), f"{path.name} has an incomplete event")
        named = {event[name].params["TZID"] for name in ("DTSTART", "DTEND") if name in event and "TZID" in event[name].params}
        check(named <= zones, f"{path.name} names a zone that it does not define")
    return events


def check_itineraries(folder, _server):
    booklets, calendars = sorted(folder.glob("*.pdf")), sorted(folder.glob("*.ics"))
    check(booklets and len(booklets) == len(calendars), "booklets and calendars do not come in pairs")
    texts = {booklet: text_of(booklet) for booklet in booklets}
    for booklet, text in texts.items():
        check(len(ENGLISH_WORD.findall(text)) + len(CHINESE.findall(text)) >= 60, f"{booklet.name} says hardly anything")
    check(any(len(ENGLISH_WORD.findall(text)) >= 60 for text in texts.values()), "no booklet is in English")
    check(any(len(CHINESE.findall(text)) >= 60 for text in texts.values()), "no booklet is in Chinese")
    events = sum(len(events_of(calendar)) for calendar in calendars)
    return f"{len(booklets)} booklets, {events} calendar entries"


def talks_of(folder, stem):
    conference = json.loads((folder / f"{stem}.json").read_text("utf-8"))["schedule"]["conference"]
    check(conference["title"], f"{stem}.json has no title")
    talks = [talk for day in conference["days"] for room in day["rooms"].values() for talk in room]
    check(talks, f"{stem}.json has no talks")
    root = xml.etree.ElementTree.parse(folder / f"{stem}.xml").getroot()
    check(root.tag == "schedule", f"{stem}.xml is no schedule")
    guids = {event.get("guid") for event in root.iter("event")}
    check(guids == {talk["guid"] for talk in talks}, f"{stem}.xml and {stem}.json do not hold the same talks")
    check(len(events_of(folder / f"{stem}.ics")) == len(talks), f"{stem}.ics does not hold the same talks")
    return talks


def check_schedule(folder, _server):
    return f"{len(talks_of(folder, 'schedule'))} talks in three formats"


def check_programmes(folder, _server):
    talks = {stem: talks_of(folder, stem) for stem in sorted({path.stem for path in folder.iterdir()})}
    counts = {stem: len(of_event) for stem, of_event in talks.items()}
    check(counts == PROGRAMMES, f"the programmes hold {counts}")
    # Two halls by two clocks: each part of the ceremony begins as the one before it ends.
    parts = sorted((datetime.datetime.fromisoformat(talk["date"]), talk["duration"]) for talk in talks["letter-of-intent-2022"])
    for (begin, duration), (following, _) in itertools.pairwise(parts):
        hours, minutes = map(int, duration.split(":"))
        check(begin + datetime.timedelta(hours=hours, minutes=minutes) == following, "the ceremony has a gap in it")
    return f"{sum(counts.values())} talks of {len(counts)} events in three formats"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--server")
    given = arguments.parse_args()
    kinds = {
        "letters": (given.folder / "letters", check_letters),
        "outbox": (given.folder / "outbox", check_outbox),
        "itineraries": (given.folder / "itineraries", check_itineraries),
        "programmes": (given.folder / "programmes", check_programmes),
        "schedule": (given.folder / "schedule.json", check_schedule),
    }
    for kind, (place, checked) in kinds.items():
        if not place.exists():
            check(kind not in EXPECTED, f"the demo made no {kind}")
            print(f"{kind}: not made")
            continue
        print(f"{kind}: {checked(place if place.is_dir() else place.parent, given.server)}")


main()
