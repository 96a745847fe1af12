//! Imports that go on while no server is there: its database stayed open.

use attache_domain::{
    authority::{Caller, Grant, Identity, Reach, Role},
    language::LanguageTag,
    registration::import::Settings,
    resource::{CategoryName, EventId, FileName, MemberId, Owner, TokenId, TokenName},
};
use attache_server::{
    app::{self, AppError, Edit, registrations::Kept, schedules::Wanted},
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
        assert!(pieces::do_due(&self.app, &mut Kept::default()).await.expect("a piece"), "there was something to do");
        job.name().to_string()
    }

    /// Begins to import a list of people into the forum, and takes in the first part of it; gives the job's name.
    pub async fn import_a_part_of_a_list_unattended(&self, file: &str, category: &str) -> String {
        let (caller, file) = self.unattended(file);
        let organizer = caller.organizer(&"ciftis-2023".parse().expect("an event")).expect("the right");
        let category: CategoryName = category.parse().expect("a category");
        let settings = Settings {
            file,
            sheet: None,
            category: Some(category.category),
            columns: Vec::new(),
            date_order: None,
            language: LanguageTag::English,
            skip_bad_rows: false,
            notify: false,
            invitation: None,
        };
        let job = app::registrations::import(&self.app, &organizer, &(settings, None), Request::default())
            .await
            .expect("a job");
        assert!(pieces::do_due(&self.app, &mut Kept::default()).await.expect("a piece"), "there was something to do");
        job.name().to_string()
    }

    /// Deletes a category of the forum in which nobody is.
    pub async fn delete_category_unattended(&self, category: &str) {
        let event: EventId = "ciftis-2023".parse().expect("an event");
        let organizer = self.owner_unattended().organizer(&event).expect("the right");
        let edit = Edit { name: category.parse().expect("a category"), content: (), expected: None };
        app::categories::delete(&self.app, &organizer, &edit, Request::default()).await.expect("nobody in it");
    }

    /// Cancels the forum.
    pub async fn cancel_forum_unattended(&self) {
        let event: EventId = "ciftis-2023".parse().expect("an event");
        let organizer = self.owner_unattended().organizer(&event).expect("the right");
        let edit = Edit { name: event, content: (), expected: None };
        app::events::cancel(&self.app, &organizer, &edit, Request::default()).await.expect("an event");
    }

    /// Deletes a file of the forum.
    pub async fn delete_unattended(&self, file: &str) -> Result<(), AppError> {
        let (caller, file) = self.unattended(file);
        let uploader = Identity::Member(caller).uploader(&file.owner).expect("the right");
        app::files::delete(&self.app, &uploader, file.file, Request::default()).await
    }

    fn unattended(&self, file: &str) -> (Caller, FileName) {
        let file: FileName = file.parse().expect("a file");
        assert_eq!(file.owner, Owner::Event("ciftis-2023".parse().expect("an event")));
        (self.owner_unattended(), file)
    }

    fn owner_unattended(&self) -> Caller {
        assert!(self.serving.is_none(), "the workers are gone");
        let grant = Grant { role: Role::Owner, reach: Reach::Installation };
        let token = TokenName { member: MemberId(uuid::Uuid::nil()), token: TokenId(uuid::Uuid::nil()) };
        Caller::new(token, vec![grant])
    }
}
