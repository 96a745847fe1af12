//! Personal links, and the people who come by them.

use attache_client::{Client, v1};

use crate::{House, fixtures::FORUM};

/// The code in a personal link.
pub fn code(uri: &str) -> &str {
    uri.rsplit_once("#link=").expect("a personal link").1
}

/// The request for a link to the forum for somebody.
pub fn link_for(person: &str) -> v1::CreateLinkRequest {
    let link = v1::Link { person: person.to_owned(), ..Default::default() };
    v1::CreateLinkRequest { parent: FORUM.to_owned(), link: Some(link), ..Default::default() }
}

impl House {
    /// Makes a link to the forum for somebody.
    pub async fn link(&self, person: &str) -> v1::Link {
        self.owner.links().create_link(link_for(person)).await.expect("a link").into_inner()
    }

    /// Opens a link: the token that comes of it.
    pub async fn opened(&self, link: &v1::Link) -> v1::ExchangeLinkResponse {
        let request = v1::ExchangeLinkRequest { code: code(&link.uri).to_owned() };
        let anybody = self.client(None).await;
        anybody.sign_in().exchange_link(request).await.expect("a token").into_inner()
    }

    /// Somebody who came to the forum by a personal link.
    pub async fn delegate(&self, person: &str) -> Client {
        let link = self.link(person).await;
        self.client(Some(&self.opened(&link).await.secret)).await
    }
}
