//! Lists as streams: the next page is asked for when the items of the last one are used up.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use tokio_stream::Stream;
use tonic::{Response, Status};

use crate::{Failure, v1};

/// One page of a list: what is on it, and how to ask for the next.
pub trait Page {
    /// What the list is of.
    type Item;

    /// Gives the items and the token of the next page, empty on the last.
    fn into_parts(self) -> (Vec<Self::Item>, String);
}

/// Lists everything, page by page: `ask` is called with the token of each page, the empty one first, and answers with
/// the page.
///
/// The stream ends after the last page, or with the failure of the page that could not be had. Nothing is asked for
/// ahead of need.
pub fn pages<P, F, A>(ask: F) -> impl Stream<Item = Result<P::Item, Failure>>
where
    P: Page,
    F: FnMut(String) -> A,
    A: Future<Output = Result<Response<P>, Status>>,
{
    Pages::<P, F, A> { ask, step: Step::Ask(String::new()), items: Vec::new().into_iter() }
}

struct Pages<P: Page, F, A> {
    ask: F,
    step: Step<A>,
    items: vec::IntoIter<P::Item>,
}

/// What is to be done once the items at hand are used up.
enum Step<A> {
    Ask(String),
    Wait(Pin<Box<A>>),
    End,
}

// Nothing in it is pinned in place: the answer that is waited for has a box of its own.
impl<P: Page, F, A> Unpin for Pages<P, F, A> {}

impl<P, F, A> Stream for Pages<P, F, A>
where
    P: Page,
    F: FnMut(String) -> A,
    A: Future<Output = Result<Response<P>, Status>>,
{
    type Item = Result<P::Item, Failure>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match &mut self.step {
                Step::Ask(page_token) => {
                    let page_token = std::mem::take(page_token);
                    let answer = Box::pin((self.ask)(page_token));
                    self.step = Step::Wait(answer);
                }
                Step::Wait(answer) => match std::task::ready!(answer.as_mut().poll(cx)) {
                    Ok(page) => {
                        let (items, next_page_token) = page.into_inner().into_parts();
                        self.items = items.into_iter();
                        self.step = if next_page_token.is_empty() { Step::End } else { Step::Ask(next_page_token) };
                    }
                    Err(status) => {
                        self.step = Step::End;
                        return Poll::Ready(Some(Err(status.into())));
                    }
                },
                Step::End => return Poll::Ready(None),
            }
        }
    }
}

macro_rules! pages_of {
    ($($response:ident.$items:ident: $item:ident,)*) => {
        $(impl Page for v1::$response {
            type Item = v1::$item;

            fn into_parts(self) -> (Vec<v1::$item>, String) {
                (self.$items, self.next_page_token)
            }
        })*

        #[cfg(test)]
        const PAGES: &[&str] = &[$(stringify!($response)),*];
    };
}

pages_of! {
    FindDuplicatesResponse.duplicates: DuplicatePair,
    GetReadinessResponse.people: PersonReadiness,
    ListCategoriesResponse.categories: Category,
    ListChangesResponse.changes: Change,
    ListCheckInListsResponse.check_in_lists: CheckInList,
    ListCheckInsResponse.check_ins: CheckIn,
    ListDelegationMembersResponse.members: DelegationMember,
    ListDelegationsResponse.delegations: Delegation,
    ListDestinationsResponse.destinations: Destination,
    ListEventsResponse.events: Event,
    ListIdentityDocumentsResponse.identity_documents: IdentityDocument,
    ListInvitationsResponse.invitations: Invitation,
    ListItinerariesResponse.itineraries: Itinerary,
    ListJobsResponse.jobs: Job,
    ListLetterTemplatesResponse.letter_templates: LetterTemplate,
    ListLettersResponse.letters: Letter,
    ListLinksResponse.links: Link,
    ListMembersResponse.members: Member,
    ListNoticesResponse.notices: Notice,
    ListOffersResponse.offers: Offer,
    ListOrganizationsResponse.organizations: Organization,
    ListPersonsResponse.persons: Person,
    ListRegistrationsResponse.registrations: Registration,
    ListReleasesResponse.releases: ScheduleRelease,
    ListResourcesResponse.resources: Resource,
    ListRevokedBadgesResponse.revoked_badges: RevokedBadge,
    ListRoomsResponse.rooms: Room,
    ListSessionsResponse.sessions: Session,
    ListSpeakersResponse.speakers: Speaker,
    ListStopsResponse.stops: Stop,
    ListTokensResponse.tokens: Token,
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use prost::Message as _;
    use tokio_stream::StreamExt as _;

    use prost_types::field_descriptor_proto::Label;

    use super::*;

    fn page(names: &[&str], next_page_token: &str) -> Response<v1::ListEventsResponse> {
        let events = names.iter().map(|name| v1::Event { name: (*name).to_owned(), ..Default::default() }).collect();
        Response::new(v1::ListEventsResponse { events, next_page_token: next_page_token.to_owned(), total_size: 3 })
    }

    #[test]
    fn every_list_of_the_api_is_a_page() {
        let set = prost_types::FileDescriptorSet::decode(crate::DESCRIPTOR_SET).unwrap();
        let messages = set.file.iter().flat_map(|file| &file.message_type);
        let mut lists: Vec<_> = messages
            .filter(|message| message.field.iter().any(|field| field.name() == "next_page_token"))
            // A file that goes on in another is no list.
            .filter(|message| message.field.iter().any(|field| field.label() == Label::Repeated))
            .map(prost_types::DescriptorProto::name)
            .collect();
        lists.sort_unstable();

        assert_eq!(PAGES, lists);
    }

    #[tokio::test]
    async fn pages_follow_the_tokens_to_the_last() {
        let asked = RefCell::new(Vec::new());
        let answer = |page_token: String| {
            asked.borrow_mut().push(page_token.clone());
            async move {
                match page_token.as_str() {
                    "" => Ok(page(&["events/a", "events/b"], "2")),
                    "2" => Ok(page(&[], "3")),
                    _ => Ok(page(&["events/c"], "")),
                }
            }
        };

        let names: Result<Vec<_>, _> = pages(answer).map(|event| event.map(|event| event.name)).collect().await;

        assert_eq!(names.unwrap(), ["events/a", "events/b", "events/c"]);
        assert_eq!(*asked.borrow(), ["", "2", "3"]);
    }

    #[tokio::test]
    async fn pages_end_with_the_failure_of_a_page() {
        let answer = async |page_token: String| match page_token.as_str() {
            "" => Ok(page(&["events/a"], "2")),
            _ => Err(Status::aborted("no")),
        };

        let seen: Vec<_> =
            pages(answer).map(|event| event.map(|event| event.name).map_err(|failure| failure.code)).collect().await;

        assert_eq!(seen, [Ok("events/a".to_owned()), Err(tonic::Code::Aborted)]);
    }
}
