//! Holds the shape of the wire: a comment on everything, small services, paged lists, creates that can be repeated, one
//! word per thing.

use super::Finding;
use super::source::{Line, Source};

/// The most RPCs in a service.
const MOST_RPCS: usize = 10;

/// Something that a `.proto` file declares.
struct Declared<'a> {
    line: usize,
    kind: Kind,
    name: &'a str,
    /// The type of a field, or the request of an RPC.
    of: &'a str,
    /// The block it stands in: a message for its fields, an enum for its values.
    within: &'a str,
    is_commented: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Service,
    Rpc,
    Message,
    Enum,
    Oneof,
    Field,
    Value,
    /// Braces without a name of their own: the options of an RPC.
    Nameless,
}

/// Finds what a `.proto` file of ours does not keep.
pub fn all(source: &Source) -> Vec<Finding> {
    if !source.is_proto() || !source.path.starts_with("proto/attache/") {
        return Vec::new();
    }
    let declared = declared(source);
    let checks = [uncommented, crowded, unlike_its_file, unpaged, unrepeatable, shared_request, misnamed_fields];
    checks
        .iter()
        .flat_map(|check| check(&declared, source))
        .map(|(line, rule)| Finding::new(source, line, rule))
        .collect()
}

type Broken = Vec<(usize, String)>;

fn uncommented(declared: &[Declared], _: &Source) -> Broken {
    declared.iter().filter(|d| !d.is_commented).map(|d| (d.line, format!("{} has no comment", d.name))).collect()
}

fn crowded(declared: &[Declared], _: &Source) -> Broken {
    let further_services =
        of_kind(declared, Kind::Service).skip(1).map(|d| (d.line, "a second service in one file".to_owned()));
    let further_rpcs = of_kind(declared, Kind::Rpc).skip(MOST_RPCS);
    further_services
        .chain(further_rpcs.map(|d| (d.line, format!("{} is more than the {MOST_RPCS}th RPC", d.name))))
        .collect()
}

/// A service stands in a file of its name, so that the name of a feature can be read from the folder.
fn unlike_its_file(declared: &[Declared], source: &Source) -> Broken {
    let file = source.parts().last().unwrap_or_default();
    let wrong = of_kind(declared, Kind::Service).filter(|d| snake_case(d.name) != file);
    wrong.map(|d| (d.line, format!("{} stands in a file of another name", d.name))).collect()
}

fn unpaged(declared: &[Declared], _: &Source) -> Broken {
    requests_without(declared, "List", &["page_size", "page_token"])
}

fn unrepeatable(declared: &[Declared], _: &Source) -> Broken {
    requests_without(declared, "Create", &["request_id"])
}

fn requests_without(declared: &[Declared], verb: &str, wanted: &[&str]) -> Broken {
    let requests = of_kind(declared, Kind::Message).filter(|d| is_request_of(d.name, verb));
    let missing = requests.flat_map(|request| {
        let has =
            |name: &str| of_kind(declared, Kind::Field).any(|field| field.within == request.name && field.name == name);
        wanted
            .iter()
            .filter(move |name| !has(name))
            .map(|name| (request.line, format!("{} has no {name}", request.name)))
    });
    missing.collect()
}

/// Whether the message is the request of a method of the standard kind: the verb is a word of its own.
fn is_request_of(message: &str, verb: &str) -> bool {
    let noun = message.strip_prefix(verb).and_then(|rest| rest.strip_suffix("Request"));
    noun.is_some_and(|noun| noun.starts_with(char::is_uppercase))
}

fn shared_request(declared: &[Declared], _: &Source) -> Broken {
    let foreign = of_kind(declared, Kind::Rpc).filter(|rpc| rpc.of != format!("{}Request", rpc.name));
    foreign.map(|rpc| (rpc.line, format!("{} takes {}, not a request of its own", rpc.name, rpc.of))).collect()
}

fn misnamed_fields(declared: &[Declared], _: &Source) -> Broken {
    of_kind(declared, Kind::Field)
        .filter_map(|field| Some((field.line, format!("{}: {}", field.name, objection(field)?))))
        .collect()
}

fn objection(field: &Declared) -> Option<&'static str> {
    let is_time = field.of.ends_with("google.protobuf.Timestamp");
    match field.name {
        "first_name" | "last_name" => Some("names are given_name and family_name"),
        "timezone" => Some("the word is time_zone"),
        name if name.starts_with("country") => Some("the word is region_code"),
        name if name.ends_with("_at") => Some("instants end in _time"),
        name if is_time && !name.ends_with("_time") && !name.ends_with("_times") => Some("instants end in _time"),
        _ => None,
    }
}

fn of_kind<'d, 'a>(declared: &'d [Declared<'a>], kind: Kind) -> impl Iterator<Item = &'d Declared<'a>> {
    declared.iter().filter(move |d| d.kind == kind)
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Reads what the file declares, as `buf format` lays it out: one declaration to a line.
fn declared(source: &Source) -> Vec<Declared<'_>> {
    let mut declared = Vec::new();
    let mut blocks: Vec<(Kind, &str)> = Vec::new();
    let mut is_commented = false;
    for (line, content) in source.numbered() {
        let words = words(content);
        let mut opened = (Kind::Nameless, "");
        if let Some((kind, name, of)) = read(&words, &blocks) {
            let within = blocks.iter().rev().find(|(kind, _)| *kind != Kind::Oneof).map_or("", |(_, name)| *name);
            declared.push(Declared { line, kind, name, of, within, is_commented });
            opened = (kind, name);
        }
        for word in &words {
            match *word {
                "{" => blocks.push(opened),
                "}" => drop(blocks.pop()),
                _ => {}
            }
        }
        let is_comment = words.is_empty() && !content.comment.is_empty();
        is_commented = is_comment && (is_commented || says_something(&content.comment));
    }
    declared
}

fn says_something(comment: &str) -> bool {
    comment.contains(|c: char| c.is_alphanumeric())
}

/// The words of a line, with braces and parentheses apart and the rest of the punctuation dropped.
fn words(line: &Line) -> Vec<&str> {
    let mut words = Vec::new();
    for chunk in line.code.split(|c: char| c.is_whitespace() || c == ';' || c == ',') {
        words.extend(chunk.split_inclusive(['{', '}', '(', ')']).flat_map(|part| {
            let name = part.trim_end_matches(['{', '}', '(', ')']);
            [name, &part[name.len()..]]
        }));
    }
    words.retain(|word| !word.is_empty());
    words
}

fn read<'a>(words: &[&'a str], blocks: &[(Kind, &str)]) -> Option<(Kind, &'a str, &'a str)> {
    match (blocks.last().map(|(kind, _)| *kind), words) {
        (None, ["service", name, ..]) => Some((Kind::Service, name, "")),
        (None | Some(Kind::Message), ["message", name, "{", ..]) => Some((Kind::Message, name, "")),
        (None | Some(Kind::Message), ["enum", name, "{", ..]) => Some((Kind::Enum, name, "")),
        (Some(Kind::Service), ["rpc", name, "(", "stream", of, ..] | ["rpc", name, "(", of, ..]) => {
            Some((Kind::Rpc, name, of))
        }
        (Some(Kind::Message), ["oneof", name, ..]) => Some((Kind::Oneof, name, "")),
        (Some(Kind::Message | Kind::Oneof), ["reserved" | "option", ..]) => None,
        (Some(Kind::Message | Kind::Oneof), _) => read_field(words),
        (Some(Kind::Enum), [name, "=", number, ..]) if is_number(number) => Some((Kind::Value, name, "")),
        _ => None,
    }
}

/// A field is a type, a name, `=` and a number; what stands before it (`optional`, `repeated`) and after it makes no
/// difference here.
fn read_field<'a>(words: &[&'a str]) -> Option<(Kind, &'a str, &'a str)> {
    let equals = words.iter().position(|word| *word == "=")?;
    let (of, name) = (words.get(equals.checked_sub(2)?)?, words.get(equals - 1)?);
    words.get(equals + 1).is_some_and(|word| is_number(word)).then_some((Kind::Field, name, of))
}

fn is_number(word: &str) -> bool {
    word.parse::<i32>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMENTED: &str = "\
// Rooms.
service RoomService {
  // Creates.
  rpc CreateRoom(CreateRoomRequest) returns (Room) {
    option deprecated = true;
  }
}

// Asks.
message CreateRoomRequest {
  // Once.
  string request_id = 1;, validate_only: false }

/*
 * A room.
 */
message Room {
  // Its state.
  enum State {
    // None.
    STATE_UNSPECIFIED = 0;
  }
  reserved 3, 4;
  // When.
  optional google.protobuf.Timestamp create_time = 1 [
    json_name = \"createTime\",
    deprecated = true
  ];
  // Words.
  map<string, string> words = 2;
  // One.
  oneof one {
    // A.
    string a = 5;
  }
}
";

    fn rules(text: &str) -> Vec<(usize, String)> {
        let source = Source::parse("proto/attache/v1/room_service.proto", text);
        all(&source).into_iter().map(|finding| (finding.line, finding.rule)).collect()
    }

    fn rule(line: usize, text: &str) -> (usize, String) {
        (line, text.to_owned())
    }

    #[test]
    fn a_file_that_keeps_the_rules_passes() {
        assert_eq!(rules(COMMENTED), []);
    }

    #[test]
    fn everything_without_a_comment_is_found() {
        let silent: String = COMMENTED
            .lines()
            .map(|line| if line.trim_start().starts_with(['/', '*']) { "\n" } else { line }.to_owned() + "\n")
            .collect();

        let names: Vec<String> =
            rules(&silent).into_iter().map(|(_, rule)| rule.replace(" has no comment", "")).collect();

        assert_eq!(
            names,
            [
                "RoomService",
                "CreateRoom",
                "CreateRoomRequest",
                "request_id",
                "Room",
                "State",
                "STATE_UNSPECIFIED",
                "create_time",
                "words",
                "one",
                "a"
            ]
        );
    }

    #[test]
    fn a_comment_apart_or_empty_is_none() {
        assert_eq!(
            rules("// A.\n\nmessage A {}\n//\nmessage B {}"),
            [rule(3, "A has no comment"), rule(5, "B has no comment")]
        );
    }

    #[test]
    fn a_second_service_and_an_eleventh_rpc_are_found() {
        let eleven: Vec<String> = (0..11).map(|n| format!("  // R.\n  rpc R{n}(R{n}Request) returns (R);\n")).collect();

        assert_eq!(
            rules(&format!("// A.\nservice RoomService {{\n{}}}\n// B.\nservice RoomService {{}}", eleven.concat())),
            [rule(27, "a second service in one file"), rule(24, "R10 is more than the 10th RPC")]
        );
    }

    #[test]
    fn a_service_in_a_file_of_another_name_is_found() {
        assert_eq!(rules("// A.\nservice VenueService {}"), [rule(2, "VenueService stands in a file of another name")]);
    }

    #[test]
    fn a_list_without_pages_and_a_create_that_cannot_be_repeated_are_found() {
        let text = "// A.\nmessage ListRoomsRequest {\n  // P.\n  int32 page_size = 1;\n}\n\
            // B.\nmessage CreateRoomRequest {}\n// C.\nmessage ListingRequest {}";

        assert_eq!(
            rules(text),
            [rule(2, "ListRoomsRequest has no page_token"), rule(7, "CreateRoomRequest has no request_id")]
        );
    }

    #[test]
    fn a_shared_request_is_found() {
        let text = "// A.\nservice RoomService {\n  // B.\n  rpc GetRoom(google.protobuf.Empty) returns (Room);\n\
            // C.\n  rpc Put(stream PutRequest) returns (Room);\n}";

        assert_eq!(rules(text), [rule(4, "GetRoom takes google.protobuf.Empty, not a request of its own")]);
    }

    #[test]
    fn words_that_are_not_ours_are_found() {
        let fields = [
            "string first_name = 1;",
            "string timezone = 2;",
            "repeated string country_codes = 3;",
            "int64 sent_at = 4;",
            "google.protobuf.Timestamp created = 5;",
        ];
        let body: Vec<String> = fields.iter().map(|field| format!("  // F.\n  {field}\n")).collect();

        assert_eq!(
            rules(&format!("// A.\nmessage A {{\n{}}}", body.concat())),
            [
                rule(4, "first_name: names are given_name and family_name"),
                rule(6, "timezone: the word is time_zone"),
                rule(8, "country_codes: the word is region_code"),
                rule(10, "sent_at: instants end in _time"),
                rule(12, "created: instants end in _time"),
            ]
        );
    }
}
