//! Imports that go on while no server is there: its database stayed open.

use attache_domain::{
    authority::{Caller, Grant, Reach, Role},
    language::LanguageTag,
    resource::{FileName, MemberId, Owner, TokenId, TokenName},
};
use attache_server::{
    app::{self, AppError, schedules::Wanted},
    jobs::pieces,
    store::Request,
};

use crate::House;

impl House {
    /// Begins to import a schedule into the forum, and takes in the first part of it; gives the job's name.
    pub async fn import_a_part_unattended(&self, file: &str) -> String {
        let (caller, file) = self.unattended(file);
        let organizer = caller.organizer(&"ciftis-2023".parse().expect("an event")).expect("the right");
        let wanted = Wanted { file, language: LanguageTag::English, zone: None };
        let job = app::schedules::import(&self.app, &organizer, &wanted, Request::default()).await.expect("a job");
        assert!(pieces::do_due(&self.app).await.expect("a piece"), "there was something to do");
        job.name().to_string()
    }

    /// Deletes a file of the forum.
    pub async fn delete_unattended(&self, file: &str) -> Result<(), AppError> {
        let (caller, file) = self.unattended(file);
        let custodian = caller.custodian(&file.owner).expect("the right");
        app::files::delete(&self.app, &custodian, file.file, Request::default()).await
    }

    fn unattended(&self, file: &str) -> (Caller, FileName) {
        assert!(self.serving.is_none(), "the workers are gone");
        let grant = Grant { role: Role::Owner, reach: Reach::Installation };
        let file: FileName = file.parse().expect("a file");
        assert_eq!(file.owner, Owner::Event("ciftis-2023".parse().expect("an event")));
        let token = TokenName { member: MemberId(uuid::Uuid::nil()), token: TokenId(uuid::Uuid::nil()) };
        (Caller::new(token, vec![grant]), file)
    }
}
