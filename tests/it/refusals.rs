//! Every refusal that an RPC's comment names: one case each, and the comments are held to name them.

use std::collections::BTreeSet;

use attache_client::{Reason, v1};
use attache_tests::{boot, by_name};
use prost_reflect::{FieldDescriptor, FileDescriptor, MethodDescriptor};

mod cases;
mod world;

use cases::{
    BY_CANCELLED_LINK, BY_FOCAL_POINT, BY_LATE_LINK, BY_LINK, BY_LINK_BEFORE_A_LETTER, BY_LINK_INSIDE,
    BY_LINK_OF_WHO_LEFT, CASES,
};

#[tokio::test]
async fn every_case_is_refused_for_its_reason_as_the_reason_is_documented() {
    let house = boot().await;
    let world = Box::pin(world::made_in(&house)).await;

    let delegate = house.delegate(&world.fill("<heads/members/0/person>")).await;
    let late = house.client(Some(&world.fill("<late_delegate/secret>"))).await;
    let invited = house.delegate(&world.fill("<approved_letter/person>")).await;
    let cancelled = house.client(Some(&world.fill("<cancelled_delegate/secret>"))).await;
    let left = house.client(Some(&world.fill("<left_delegate/secret>"))).await;
    let inside = house.client(Some(&world.fill("<diner_delegate/secret>"))).await;

    let mut wrong = Vec::new();
    let focal_point = house.member(v1::Role::FocalPoint, &world.fill("<overdue>")).await;
    for _ in 0..20 {
        let upload =
            r#"{"parent": "$EVENT", "file": {"fileName": "a.pdf", "mediaType": "application/pdf", "sizeBytes": 1}}"#;
        by_name::call(&focal_point, "FileService/StartUpload", &world.fill(upload)).await.expect("an upload");
    }
    let callers = [
        (CASES, &house.owner),
        (BY_LINK, &delegate),
        (BY_LATE_LINK, &late),
        (BY_CANCELLED_LINK, &cancelled),
        (BY_LINK_OF_WHO_LEFT, &left),
        (BY_LINK_BEFORE_A_LETTER, &invited),
        (BY_LINK_INSIDE, &inside),
        (BY_FOCAL_POINT, &focal_point),
    ];
    let cases = callers.into_iter().flat_map(|(cases, caller)| cases.iter().map(move |case| (case, caller)));
    for ((rpc, reason, request), caller) in cases {
        let failure = by_name::call(caller, rpc, &world.fill(request)).await.expect_err(rpc);
        let told = Told {
            reason: match &failure.reason {
                Some(Reason::Known(reason)) => reason.as_str_name().to_owned(),
                other => format!("{other:?}"),
            },
            code: letters(&format!("{:?}", failure.code)),
            facts: failure.metadata.keys().cloned().collect(),
        };
        if told != Told::as_documented(reason) {
            wrong.push((*rpc, *reason, told));
        }
    }

    assert_eq!(wrong, []);
}

/// What a refusal tells beside its sentence.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    reason: String,
    code: String,
    facts: BTreeSet<String>,
}

impl Told {
    /// What the comment of a reason promises: its code first, and its metadata last.
    fn as_documented(reason: &str) -> Self {
        let reasons = by_name::descriptors().get_enum_by_name("attache.v1.ErrorReason").expect("the reasons");
        let reason = reasons.get_value_by_name(&format!("ERROR_REASON_{reason}")).expect("a reason");
        let comment = comment(&reasons.parent_file(), reason.path());
        let (code, rest) = comment.split_once('.').expect("a code");
        let (_, facts) = rest.rsplit_once("Metadata:").expect("metadata");
        let facts = facts.split('`').skip(1).step_by(2).map(str::to_owned);
        Self { reason: reason.name().to_owned(), code: letters(code), facts: facts.collect() }
    }
}

/// The letters of a code, however its words are written together.
fn letters(code: &str) -> String {
    code.to_lowercase().replace('_', "").trim().to_owned()
}

#[test]
fn every_reason_that_a_comment_names_has_a_case() {
    let named: BTreeSet<(String, String)> = by_name::methods()
        .iter()
        .flat_map(|rpc| reasons(rpc).into_iter().map(|reason| (by_name::name(rpc), reason)))
        .collect();

    let shown = CASES
        .iter()
        .chain(BY_LINK)
        .chain(BY_LATE_LINK)
        .chain(BY_CANCELLED_LINK)
        .chain(BY_LINK_OF_WHO_LEFT)
        .chain(BY_LINK_BEFORE_A_LETTER)
        .chain(BY_LINK_INSIDE)
        .chain(BY_FOCAL_POINT)
        .map(|(rpc, reason, _)| ((*rpc).to_owned(), (*reason).to_owned()));
    assert_eq!(shown.collect::<BTreeSet<_>>(), named);
}

#[test]
fn every_rpc_that_takes_an_etag_says_what_a_stale_one_does() {
    let silent =
        by_name::methods().into_iter().filter(|rpc| takes_etag(rpc) && !reasons(rpc).contains("ETAG_MISMATCH"));

    assert_eq!(silent.map(|rpc| by_name::name(&rpc)).collect::<Vec<_>>(), [] as [String; 0]);
}

/// The reasons that the comment of an RPC names.
fn reasons(rpc: &MethodDescriptor) -> BTreeSet<String> {
    let comment = comment(&rpc.parent_service().parent_file(), rpc.path());
    let word = |text: &str| text.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
    comment.split("ERROR_REASON_").skip(1).map(word).collect()
}

/// What a .proto file says of the thing at a path.
fn comment(file: &FileDescriptor, path: &[i32]) -> String {
    let source = file.file_descriptor_proto().source_code_info.as_ref().expect("comments");
    let location = source.location.iter().find(|location| location.path == path).expect("a comment");
    location.leading_comments().to_owned()
}

/// Whether the request of an RPC says which state of things its caller saw, by itself or in the resource it updates.
fn takes_etag(rpc: &MethodDescriptor) -> bool {
    let own = rpc.input().get_field_by_name("etag").is_some();
    let in_resource = |field: FieldDescriptor| {
        field.kind().as_message().is_some_and(|message| message.get_field_by_name("etag").is_some())
    };
    own || (rpc.name().starts_with("Update") && rpc.input().fields().any(in_resource))
}
