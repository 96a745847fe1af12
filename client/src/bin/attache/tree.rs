//! The tree of commands: a noun per resource, a verb per RPC, read from the descriptors.

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::{Arg, ArgAction, Command};
use prost_reflect::{DescriptorPool, MethodDescriptor};

use crate::arguments::{self, Input};
use crate::comments::Comment;
use crate::naming::{self, Place};
use crate::{completions, examples, file, globals, profile};

/// Everything that can be called.
pub struct Api {
    pub rpcs: Vec<Rpc>,
}

/// One RPC as a command.
pub struct Rpc {
    pub place: Place,
    pub method: MethodDescriptor,
    pub inputs: Vec<Input>,
}

impl Api {
    /// Reads the API that this program was built with.
    pub fn load() -> anyhow::Result<Self> {
        let pool = DescriptorPool::decode(attache_client::DESCRIPTOR_SET).context("the descriptors cannot be read")?;
        let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
        // All calls are unary or server streams, as browsers can make no others.
        let callable = methods.filter(|method| !method.is_client_streaming());
        let mut rpcs: Vec<Rpc> = callable
            .map(|method| {
                let place = naming::place(&method);
                let inputs = arguments::inputs(&method, &place);
                Rpc { place, method, inputs }
            })
            .collect();
        rpcs.sort_by(|one, other| one.place.cmp(&other.place));
        Ok(Self { rpcs })
    }

    /// Finds the RPC behind the words of a command.
    pub fn find(&self, noun: Option<&str>, verb: &str) -> Option<&Rpc> {
        self.rpcs.iter().find(|rpc| rpc.place.noun.as_deref() == noun && rpc.place.verb == verb)
    }
}

impl Rpc {
    /// Whether the answer is one page of a list.
    pub fn is_paged(&self) -> bool {
        let has = |message: &prost_reflect::MessageDescriptor, field| message.get_field_by_name(field).is_some();
        has(&self.method.input(), "page_token") && has(&self.method.output(), "next_page_token")
    }

    /// Whether it can be tried without keeping what it does.
    pub fn can_be_tried(&self) -> bool {
        self.method.input().get_field_by_name(arguments::VALIDATE_ONLY).is_some()
    }

    /// Whether the answer is long work that can be waited for.
    pub fn starts_job(&self) -> bool {
        let watches = matches!(self.place.noun.as_deref(), Some("job"));
        self.method.output().name() == "Job" && !self.method.is_server_streaming() && !watches
    }
}

/// Builds the whole command line.
pub fn command(api: &Api) -> Command {
    let mut nouns: BTreeMap<&str, Vec<&Rpc>> = BTreeMap::new();
    for rpc in &api.rpcs {
        if let Some(noun) = &rpc.place.noun {
            nouns.entry(noun).or_default().push(rpc);
        }
    }
    let alone = api.rpcs.iter().filter(|rpc| rpc.place.noun.is_none());
    globals::command()
        .subcommands(nouns.into_iter().map(|(noun, rpcs)| noun_command(noun, &rpcs)))
        .subcommands(alone.map(verb_command))
        .subcommands([completions::command(), profile::command()])
}

fn noun_command(noun: &str, rpcs: &[&Rpc]) -> Command {
    let service = rpcs.first().map(|rpc| Comment::of_service(rpc.method.parent_service())).unwrap_or_default();
    let verbs = rpcs.iter().filter(|rpc| !file::replaces(rpc)).map(|rpc| verb_command(rpc));
    Command::new(noun.to_owned())
        .about(service.summary())
        .visible_aliases(naming::aliases(noun))
        .arg_required_else_help(true)
        .subcommand_required(true)
        .subcommands(verbs)
        .subcommands(file::commands(noun))
        .after_help(examples::of_noun(rpcs))
}

fn verb_command(rpc: &Rpc) -> Command {
    let comment = Comment::of_method(&rpc.method);
    let data = Arg::new("data")
        .short('d')
        .long("data")
        .value_name("JSON|@FILE|-")
        .help("The whole request as JSON; flags are set over it")
        .long_help(
            "The whole request in protobuf's JSON form, from a file after @, or from standard input with -. \
             Flags given beside it are set over it.",
        );
    let all = Arg::new("all")
        .long("all")
        .action(ArgAction::SetTrue)
        .help("Follow the pages to the last")
        .long_help("Follow the pages to the last, and answer as if all of it were one page.");
    let wait = Arg::new("wait").long("wait").action(ArgAction::SetTrue).help("Wait until the job has ended").long_help(
        "Wait until the job has ended, telling how far it is on standard error. \
             The exit code is 1 when a piece of it failed.",
    );

    Command::new(rpc.place.verb.clone())
        .about(comment.summary())
        .long_about(comment.whole().to_owned())
        .args(rpc.inputs.iter().map(arguments::argument))
        .arg(data)
        .args(rpc.is_paged().then_some(all))
        .args(rpc.starts_job().then_some(wait))
        .after_help(format!("Example:\n{}", examples::line(rpc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rpc_of_the_api_is_reachable() {
        let api = Api::load().unwrap();
        let tree = command(&api);
        let pool = DescriptorPool::decode(attache_client::DESCRIPTOR_SET).unwrap();
        let methods: Vec<_> = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect();
        assert!(!methods.is_empty());

        let unreachable: Vec<_> = methods
            .iter()
            .filter(|method| {
                let place = naming::place(method);
                let noun = place.noun.as_ref().map_or(Some(&tree), |noun| tree.find_subcommand(noun));
                noun.and_then(|noun| noun.find_subcommand(&place.verb)).is_none()
            })
            .map(MethodDescriptor::full_name)
            .collect();

        assert_eq!(unreachable, Vec::<&str>::new());
    }

    #[test]
    fn no_two_rpcs_share_a_place() {
        let api = Api::load().unwrap();
        let mut places: Vec<_> = api.rpcs.iter().map(|rpc| rpc.place.clone()).collect();
        let all = places.len();
        places.dedup();

        assert_eq!(places.len(), all);
    }

    #[test]
    fn only_what_can_be_undone_before_it_is_kept_has_a_dry_run() {
        let api = Api::load().unwrap();
        let can_be_tried = |noun, verb| api.find(Some(noun), verb).is_some_and(Rpc::can_be_tried);

        assert!(can_be_tried("schedule", "import"));
        assert_eq!([can_be_tried("event", "list"), can_be_tried("letter", "download")], [false; 2]);
    }

    #[test]
    fn the_tree_holds_together() {
        command(&Api::load().unwrap()).debug_assert();
    }
}
