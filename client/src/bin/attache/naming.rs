//! Where an RPC stands on the command line: its noun and its verb, from the names of service and method alone.

use prost_reflect::MethodDescriptor;

/// The words that lead to one RPC: `attache letter issue`, or `attache whoami` with no noun.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub noun: Option<String>,
    pub verb: String,
}

/// Finds the place of a method.
///
/// The noun is the service's, and what the method's name says beyond it is the verb: `LetterService.IssueLetters` is
/// `letter issue`. What is got from a service of another name is called by its own: `SystemService.GetInfo` is `system
/// info`. A service none of whose methods speak of its own noun keeps several resources, and each that it creates is a
/// noun: `AccessService.CreateToken` is `token create`.
pub fn place(method: &MethodDescriptor) -> Place {
    let service = method.parent_service();
    let service_noun = words(service.name().trim_end_matches("Service"));
    let method_words = words(method.name());

    if method.name() == "WhoAmI" {
        return Place { noun: None, verb: "whoami".to_owned() };
    }
    let own = service.methods().any(|other| before(&words(other.name()), &service_noun).is_some());
    let nouns = if own { vec![service_noun.clone()] } else { created(&service.methods().collect::<Vec<_>>()) };
    for noun in nouns {
        if let Some(verb) = before(&method_words, &noun) {
            let verb = if verb.is_empty() { method_words } else { verb };
            return Place { noun: Some(noun.join("-")), verb: verb.join("-") };
        }
    }
    let verb = match method_words.split_first() {
        Some((first, rest)) if first == "get" && !rest.is_empty() => rest.join("-"),
        Some(_) | None => method_words.join("-"),
    };
    Place { noun: Some(service_noun.join("-")), verb }
}

/// Other names under which a noun is found.
pub fn aliases(noun: &str) -> &'static [&'static str] {
    match noun {
        "check-in" => &["checkin"],
        "letter-template" => &["template"],
        "organization" => &["organisation"],
        _ => &[],
    }
}

/// Writes a field's name as a flag: `start_time` as `start-time`.
pub fn flag(field: &str) -> String {
    field.replace('_', "-")
}

/// What a service creates, in words.
fn created(methods: &[MethodDescriptor]) -> Vec<Vec<String>> {
    methods.iter().filter_map(|method| method.name().strip_prefix("Create")).map(words).collect()
}

/// The words before a noun that ends a method's name, in the singular or the plural.
fn before(method: &[String], noun: &[String]) -> Option<Vec<String>> {
    let (front, back) = method.split_at_checked(method.len().checked_sub(noun.len())?)?;
    let (last, noun_last) = (back.last()?, noun.last()?);
    let same = back[..back.len() - 1] == noun[..noun.len() - 1] && (last == noun_last || *last == plural(noun_last));
    same.then(|| front.to_vec())
}

fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        Some(_) | None if word.ends_with(['s', 'x']) || word.ends_with("ch") || word.ends_with("sh") => {
            format!("{word}es")
        }
        Some(_) | None => format!("{word}s"),
    }
}

/// Splits `CreateDownloadLink` into its words, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in name.chars() {
        match words.last_mut() {
            Some(word) if !letter.is_ascii_uppercase() => word.push(letter),
            Some(_) | None => words.push(letter.to_ascii_lowercase().to_string()),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Api;

    fn place_of(full_name: &str) -> String {
        let api = Api::load().unwrap();
        let rpc = api.rpcs.iter().find(|rpc| rpc.method.full_name() == format!("attache.v1.{full_name}")).unwrap();
        rpc.place.noun.iter().chain([&rpc.place.verb]).cloned().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn places_follow_from_the_names() {
        assert_eq!(place_of("LetterService.IssueLetters"), "letter issue");
        assert_eq!(place_of("LetterService.VerifyLetter"), "letter verify");
        assert_eq!(place_of("CategoryService.ListCategories"), "category list");
        assert_eq!(place_of("CategoryService.GetCapacity"), "category capacity");
        assert_eq!(place_of("IdentityDocumentService.PutIdentityDocument"), "identity-document put");
        assert_eq!(place_of("FileService.StartUpload"), "file start-upload");
        assert_eq!(place_of("SystemService.GetInfo"), "system info");
        assert_eq!(place_of("AccessService.CreateToken"), "token create");
        assert_eq!(place_of("AccessService.RemoveMember"), "member remove");
        assert_eq!(place_of("AccessService.WhoAmI"), "whoami");
    }

    #[test]
    fn plurals_are_english() {
        let nouns = ["letter", "category", "survey", "address", "batch"];

        assert_eq!(nouns.map(plural), ["letters", "categories", "surveys", "addresses", "batches"]);
    }
}
