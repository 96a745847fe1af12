//! What a letter needs before it is one: an issuer with stamp and signature, a traveller with a passport, and a job that ends.

use std::collections::BTreeMap;

use attache_client::{Client, v1};
use attache_domain::{
    authority::{Caller, Grant, Reach, Role},
    job::Job,
    resource::{LetterName, MemberId, TokenId, TokenName},
};
use attache_server::{app, store::Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::{
    House,
    fixtures::{FORUM, ZBRA, person, text},
};

/// A stamp, as an organisation would upload it.
pub const STAMP: &[u8] = include_bytes!("../../server/samples/images/stamp.png");
/// A signature, as an organisation would upload it.
pub const SIGNATURE: &[u8] = include_bytes!("../../server/samples/images/signature.png");

/// A scan of a letter, as small as a PDF can be.
pub const SCAN: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n";

/// An answer to a plain GET.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The status line's number.
    pub status: u16,
    /// The headers, in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

/// A letter for a person, complete for a Chinese M visa.
pub fn letter_for(person: &str) -> v1::Letter {
    v1::Letter {
        person: person.to_owned(),
        issuer: ZBRA.to_owned(),
        letter_template: "letterTemplates/china-m".to_owned(),
        region_code: "CN".to_owned(),
        visit_window: Some(v1::VisitWindow {
            start_date: "2023-09-03".to_owned(),
            end_date: "2023-09-08".to_owned(),
            cities: vec![text("Beijing", "北京"), text("Jinan", "济南")],
        }),
        relationship: Some(text("Partners since 2021", "自2021年起的合作伙伴")),
        expense_bearer: v1::ExpenseBearer::Sender.into(),
        ..Default::default()
    }
}

/// The request for a letter.
pub fn request_for(letter: v1::Letter) -> v1::RequestLetterRequest {
    v1::RequestLetterRequest { parent: FORUM.to_owned(), letter: Some(letter), ..Default::default() }
}

/// How many bytes of an upload go into one call.
const PIECE: usize = 1024 * 1024;

/// A letter of a job, claimed by a worker that does nothing by itself.
pub struct PieceInHand(Job);

impl PieceInHand {
    /// The job it is of.
    pub fn job(&self) -> String {
        self.0.name().to_string()
    }

    /// Issues it.
    pub async fn finish(&self, house: &House) {
        app::letters::issue_next(&house.app, &self.0).await.expect("a decided piece");
    }
}

/// Uploads a file; gives its name.
pub async fn upload(owner: &Client, parent: &str, file_name: &str, media_type: &str, bytes: &[u8]) -> String {
    let file = v1::File {
        file_name: file_name.to_owned(),
        media_type: media_type.to_owned(),
        size_bytes: bytes.len().try_into().expect("a small file"),
        ..Default::default()
    };
    let request = v1::StartUploadRequest { parent: parent.to_owned(), file: Some(file), ..Default::default() };
    let name = owner.files().start_upload(request).await.expect("an upload").into_inner().name;
    let mut offset = 0;
    for piece in bytes.chunks(PIECE) {
        let request = v1::AppendUploadRequest { name: name.clone(), offset, data: piece.to_vec() };
        offset = owner.files().append_upload(request).await.expect("a piece").into_inner().received_bytes;
    }
    let request = v1::FinishUploadRequest { name: name.clone(), ..Default::default() };
    owner.files().finish_upload(request).await.expect("a file");
    name
}

impl House {
    /// Uploads a file; gives its name.
    pub async fn upload(&self, parent: &str, file_name: &str, media_type: &str, bytes: &[u8]) -> String {
        upload(&self.owner, parent, file_name, media_type, bytes).await
    }

    /// Downloads a file.
    pub async fn download(&self, name: &str) -> Vec<u8> {
        let request = v1::DownloadFileRequest { name: name.to_owned() };
        let mut pieces = self.owner.files().download_file(request).await.expect("a download").into_inner();
        let mut bytes = Vec::new();
        while let Some(piece) = pieces.message().await.expect("a piece") {
            bytes.extend(piece.data);
        }
        bytes
    }

    /// Creates the forum, and gives its controller what the letterhead of its letters needs.
    pub async fn forum_that_issues_letters(&self) {
        self.forum_with_seats(5).await;
        self.letterhead().await;
    }

    /// Gives the forum's controller what the letterhead of its letters needs.
    pub async fn letterhead(&self) {
        let stamp_file = self.upload(ZBRA, "stamp.png", "image/png", STAMP).await;
        let signature_file = self.upload(ZBRA, "signature.png", "image/png", SIGNATURE).await;
        let organization = v1::Organization {
            name: ZBRA.to_owned(),
            stamp_file,
            signature_file,
            signatory: Some(v1::Signatory {
                display_name: Some(text("Zhang San", "张三")),
                position: Some(text("Secretary General", "秘书长")),
            }),
            ..Default::default()
        };
        let request = v1::UpdateOrganizationRequest { organization: Some(organization), ..Default::default() };
        self.owner.organizations().update_organization(request).await.expect("a letterhead");
    }

    /// Creates somebody of whom everything is known but the passport; gives their name.
    pub async fn traveller(&self, native_name: &str, email: &str) -> String {
        let person = v1::Person {
            native_name: native_name.to_owned(),
            passport_name: Some(v1::PassportName { family_name: "KHAN".to_owned(), given_name: "AYESHA".to_owned() }),
            affiliation: "Indus Valley Cold Storage".to_owned(),
            position: "Director".to_owned(),
            ..person("Ayesha Khan", email)
        };
        let request = v1::CreatePersonRequest { parent: ZBRA.to_owned(), person: Some(person), ..Default::default() };
        self.owner.persons().create_person(request).await.expect("a person").into_inner().name
    }

    /// Puts somebody's passport into the vault; gives the document's name.
    pub async fn passport(&self, person: &str) -> String {
        let passport = v1::PassportContents {
            number: "ZZ0000000".to_owned(),
            issuing_state_code: "PAK".to_owned(),
            nationality_code: "PAK".to_owned(),
            family_name: "KHAN".to_owned(),
            given_name: "AYESHA".to_owned(),
            birth_date: "1988-03-03".to_owned(),
            sex: "F".to_owned(),
            expire_date: "2031-06-30".to_owned(),
            ..Default::default()
        };
        let request = v1::PutIdentityDocumentRequest {
            parent: person.to_owned(),
            passport: Some(passport),
            ..Default::default()
        };
        let document = self.owner.identity_documents().put_identity_document(request).await.expect("a passport");
        document.into_inner().name
    }

    /// Requests a letter for somebody new with a passport.
    pub async fn request_letter(&self, native_name: &str, email: &str) -> v1::Letter {
        let person = self.traveller(native_name, email).await;
        self.passport(&person).await;
        let request = request_for(letter_for(&person));
        self.owner.letters().request_letter(request).await.expect("a letter").into_inner()
    }

    /// Requests a letter for somebody new with a passport, and approves it.
    pub async fn approved_letter(&self, native_name: &str, email: &str) -> v1::Letter {
        let letter = self.request_letter(native_name, email).await;
        let request = v1::ApproveLetterRequest { name: letter.name, ..Default::default() };
        self.owner.letters().approve_letter(request).await.expect("an approval").into_inner()
    }

    /// Says who has to approve the letters of the forum's controller.
    pub async fn letter_policy(&self, required_approvals: i32, forbid_self_approval: bool) {
        let organization = v1::Organization {
            name: ZBRA.to_owned(),
            letter_policy: Some(v1::LetterPolicy { required_approvals, forbid_self_approval }),
            ..Default::default()
        };
        let request = v1::UpdateOrganizationRequest { organization: Some(organization), ..Default::default() };
        self.owner.organizations().update_organization(request).await.expect("a policy");
    }

    /// Has letters issued; gives the job as it was begun.
    pub async fn issue(&self, names: &[&str]) -> v1::Job {
        let names = names.iter().map(ToString::to_string).collect();
        let request = v1::IssueLettersRequest { parent: FORUM.to_owned(), names, ..Default::default() };
        self.owner.letters().issue_letters(request).await.expect("a job").into_inner()
    }

    /// Begins to issue letters while no worker is there to do it: the server was closed, its database was not.
    pub async fn issue_unattended(&self, names: &[&str]) -> Job {
        assert!(self.serving.is_none(), "the workers are gone");
        let event = "ciftis-2023".parse().expect("an event");
        let grant = Grant { role: Role::Owner, reach: Reach::Installation };
        let nobody = uuid::Uuid::nil();
        let token = TokenName { member: MemberId(nobody), token: TokenId(nobody) };
        let caller = Caller::new(token, vec![grant]);
        let letters = names.iter().map(|name| {
            let LetterName { letter, .. } = name.parse().expect("a letter");
            letter
        });
        let letters: Vec<_> = letters.collect();
        let approver = caller.approver(&event).expect("the right");
        app::letters::issue(&self.app, &approver, &letters, Request::default()).await.expect("a job")
    }

    /// Watches a job to its end.
    pub async fn ended(&self, job: &str) -> v1::Job {
        let request = v1::WatchJobRequest { name: job.to_owned() };
        let mut states = self.owner.jobs().watch_job(request).await.expect("a job").into_inner();
        let mut last = None;
        while let Some(job) = states.message().await.expect("a state") {
            last = Some(job);
        }
        last.expect("a last state")
    }

    /// Claims the next piece of a job, as a worker does that goes on when the test says so.
    pub async fn claim_piece(&self) -> PieceInHand {
        let claimed = self.app.store.claim_job(self.app.clock.now()).await.expect("a look at the jobs");
        PieceInHand(claimed.expect("a job that nobody works on"))
    }

    /// Gets a letter as it is now.
    pub async fn letter(&self, name: &str) -> v1::Letter {
        let request = v1::GetLetterRequest { name: name.to_owned(), ..Default::default() };
        self.owner.letters().get_letter(request).await.expect("a letter").into_inner()
    }

    /// Opens one of the plain pages, as a browser would.
    pub async fn page(&self, path: &str) -> Page {
        self.plain("GET", path).await
    }

    /// Asks what opening one of the plain pages would tell, and is not told it.
    pub async fn head_of_page(&self, path: &str) -> Page {
        self.plain("HEAD", path).await
    }

    async fn plain(&self, method: &str, path: &str) -> Page {
        let mut stream = tokio::net::TcpStream::connect(self.address).await.expect("a connection");
        let request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await.expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let (status, headers) = head.split_once("\r\n").expect("a status and headers");
        let headers = headers.lines().filter_map(|line| line.split_once(": "));
        Page {
            status: status.split(' ').nth(1).and_then(|number| number.parse().ok()).expect("a number"),
            headers: headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect(),
            body: body.to_owned(),
        }
    }
}
