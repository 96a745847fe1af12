//! Reads `schedule.xml`, as frab, pentabarf and their followers write it.
//!
//! A file is taken as a tree of elements, so that they may come in any order. A file that declares a document type is refused: none of
//! these programs writes one, and entities are what makes a small file a large one.

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

use super::super::reading::{Found, FoundItem, FoundSpeaker, FoundTime, Unreadable};

/// How deep elements may lie in each other; schedules have seven levels.
const DEEPEST: usize = 32;

/// How many elements a file has at most; the largest conferences have a twentieth of them.
const MOST: usize = 400_000;

/// An element with all that is in it.
#[derive(Default)]
struct Element {
    name: String,
    line: usize,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

/// Takes a file apart.
pub(in crate::exchange) fn read(bytes: &[u8]) -> Result<Found, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        Unreadable::line(1 + count_lines(before), "is not UTF-8")
    })?;
    let root = tree(text)?;
    if root.name != "schedule" {
        return Err(Unreadable::line(root.line, "the outermost element is not <schedule>"));
    }
    let conference = root.child("conference");
    let of_conference = |name: &str| conference.map(|conference| conference.text_of(name)).unwrap_or_default();
    let acronym = of_conference("acronym");
    let days = root.children.iter().filter(|child| child.name == "day");
    Ok(Found {
        source: if acronym.trim().is_empty() { of_conference("title") } else { acronym },
        zone: Some(of_conference("time_zone_name")),
        day_change: Some(of_conference("day_change")),
        items: days.flat_map(items).collect(),
    })
}

fn items(day: &Element) -> Vec<FoundItem> {
    let date = day.attribute("date");
    let rooms = day.children.iter().filter(|child| child.name == "room");
    let of_room = |room: &Element| {
        let name = room.attribute("name");
        let events = room.children.iter().filter(|child| child.name == "event");
        events.map(|event| item(event, &date, &name)).collect::<Vec<_>>()
    };
    rooms.flat_map(of_room).collect()
}

fn item(event: &Element, day: &str, room: &str) -> FoundItem {
    let first = |one: &str, other: &str| {
        let text = event.text_of(one);
        if text.trim().is_empty() { event.text_of(other) } else { text }
    };
    let own_room = event.text_of("room");
    FoundItem {
        place: format!("line {}", event.line),
        guid: event.attribute("guid"),
        id: event.attribute("id"),
        kind: Some(event.text_of("type")).filter(|kind| !kind.trim().is_empty()),
        title: event.text_of("title"),
        description: Some(first("abstract", "description")),
        time: FoundTime::Lasting {
            date: event.text_of("date"),
            day: day.to_owned(),
            start: event.text_of("start"),
            duration: event.text_of("duration"),
        },
        room: if own_room.trim().is_empty() { room.to_owned() } else { own_room },
        speakers: Some(event.child("persons").map(persons).unwrap_or_default()),
        flaws: Vec::new(),
    }
}

fn persons(persons: &Element) -> Vec<FoundSpeaker> {
    let persons = persons.children.iter().filter(|child| child.name == "person");
    let person = |person: &Element| FoundSpeaker {
        guid: person.attribute("guid"),
        id: person.attribute("id"),
        name: person.text.clone(),
    };
    persons.map(person).collect()
}

impl Element {
    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    fn text_of(&self, name: &str) -> String {
        self.child(name).map(|child| child.text.clone()).unwrap_or_default()
    }

    fn attribute(&self, name: &str) -> String {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// Counts the line ends of a text.
fn count_lines(text: &[u8]) -> usize {
    text.split(|byte| *byte == b'\n').count() - 1
}

/// Keeps count of lines while a text is read from its beginning to its end.
struct Lines<'a> {
    text: &'a str,
    counted: usize,
    line: usize,
}

impl Lines<'_> {
    fn at(&mut self, position: u64) -> usize {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        if let Some(between) = self.text.as_bytes().get(self.counted..position) {
            self.line += count_lines(between);
            self.counted = position;
        }
        self.line
    }
}

/// Elements that are open while a file is read, the innermost last. The outermost is no element: what stands in it is the document.
struct Tree<'a> {
    lines: Lines<'a>,
    open: Vec<Element>,
    elements: usize,
}

fn tree(text: &str) -> Result<Element, Unreadable> {
    let mut reader = Reader::from_str(text);
    let lines = Lines { text, counted: 0, line: 1 };
    let mut tree = Tree { lines, open: vec![Element::default()], elements: 0 };
    loop {
        let before = reader.buffer_position();
        match reader.read_event() {
            Ok(Event::Eof) => return tree.end(before),
            Ok(event) => tree.take(event, before)?,
            Err(error) => return Err(ill_formed(&error, tree.lines.at(reader.error_position()))),
        }
    }
}

impl Tree<'_> {
    fn take(&mut self, event: Event<'_>, position: u64) -> Result<(), Unreadable> {
        match event {
            Event::Start(start) => {
                let element = self.element(&start, position)?;
                self.open.push(element);
            }
            Event::Empty(start) => {
                let element = self.element(&start, position)?;
                self.close(element);
            }
            Event::End(_) => {
                if let Some(closed) = self.open.pop() {
                    self.close(closed);
                }
            }
            Event::Text(text) => append(&mut self.open, &text.xml10_content()),
            Event::CData(text) => append(&mut self.open, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref() {
                    Ok(Some(character)) => Some(character.to_string()),
                    Ok(None) => resolve_predefined_entity(&reference).map(str::to_owned),
                    Err(_) => None,
                };
                let line = self.lines.at(position);
                let undeclared = || Unreadable::line(line, "refers to an entity that XML does not have");
                append(&mut self.open, &character.ok_or_else(undeclared)?);
            }
            Event::DocType(_) => return Err(Unreadable::line(self.lines.at(position), "declares a document type")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => {}
        }
        Ok(())
    }

    fn element(&mut self, start: &BytesStart<'_>, position: u64) -> Result<Element, Unreadable> {
        let line = self.lines.at(position);
        self.elements += 1;
        if self.elements > MOST {
            return Err(Unreadable::line(line, format_args!("has more than {MOST} elements")));
        }
        if self.open.len() > DEEPEST {
            return Err(Unreadable::line(line, "elements lie too deep in each other"));
        }
        element(start, line)
    }

    fn close(&mut self, element: Element) {
        if let Some(outer) = self.open.last_mut() {
            outer.children.push(element);
        }
    }

    fn end(mut self, position: u64) -> Result<Element, Unreadable> {
        let line = self.lines.at(position);
        match (self.open.pop(), self.open.pop()) {
            (Some(unclosed), Some(_)) => {
                Err(Unreadable::line(line, format_args!("the file ends in the element of line {}", unclosed.line)))
            }
            (Some(document), None) => {
                let first = document.children.into_iter().next();
                first.ok_or_else(|| Unreadable::line(line, "has no element"))
            }
            (None, _) => Err(Unreadable::line(line, "has no element")),
        }
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>, line: usize) -> Result<Element, Unreadable> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Unreadable::line(line, "has an attribute that is not XML"))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_err(|_| Unreadable::line(line, "has an attribute that is not XML"))?;
        attributes.push((attribute.key.into_inner().to_owned(), value.into_owned()));
    }
    let name = start.name().into_inner().to_owned();
    Ok(Element { name, line, attributes, ..Element::default() })
}

/// Tells why the text is not XML, in words that repeat nothing of it.
fn ill_formed(error: &quick_xml::Error, line: usize) -> Unreadable {
    match error {
        quick_xml::Error::Syntax(_) => Unreadable::line(line, "is not XML, or ends in the middle"),
        quick_xml::Error::IllFormed(_) => Unreadable::line(line, "its elements do not fit into each other"),
        quick_xml::Error::Io(_)
        | quick_xml::Error::InvalidAttr(_)
        | quick_xml::Error::Encoding(_)
        | quick_xml::Error::Escape(_)
        | quick_xml::Error::Namespace(_) => Unreadable::line(line, "is not XML"),
    }
}
