//! Organisations through the whole house.

use attache_client::{
    Code,
    v1::{self, ErrorReason, OrganizationKind},
};
use attache_tests::{
    answers::{Answer as _, verdict, wrong_fields},
    boot,
    fixtures::{ZBRA, mask, once, text, zbra},
};

fn creation() -> v1::CreateOrganizationRequest {
    v1::CreateOrganizationRequest {
        organization: Some(zbra()),
        organization_id: "zbra".to_owned(),
        request_id: String::new(),
        validate_only: false,
    }
}

fn update(organization: v1::Organization, paths: &[&str]) -> v1::UpdateOrganizationRequest {
    let organization = v1::Organization { name: ZBRA.to_owned(), ..organization };
    v1::UpdateOrganizationRequest { organization: Some(organization), update_mask: mask(paths), ..Default::default() }
}

fn sector(code: &str, title: Option<v1::LocalizedText>) -> v1::Sector {
    v1::Sector { code: code.to_owned(), title }
}

fn interest(description: &str, sector_code: &str) -> v1::Interest {
    v1::Interest { description: Some(text(description, "")), sector_code: sector_code.to_owned() }
}

#[tokio::test]
async fn organisation_reads_back_as_it_was_created() {
    let house = boot().await;
    let given = v1::Organization {
        kind: OrganizationKind::Association.into(),
        region_code: "CN".to_owned(),
        address_lines_zh: vec!["北京市样本路1号".to_owned()],
        registration_number: "91110000".to_owned(),
        signatory: Some(v1::Signatory {
            display_name: Some(text("Li Hua", "李华")),
            position: Some(text("President", "会长")),
        }),
        letter_prefix: "ZB1".to_owned(),
        letter_policy: Some(v1::LetterPolicy { required_approvals: 2, forbid_self_approval: true }),
        sectors: vec![sector("6201", Some(text("Industrial software", "工业软件"))), sector("A", None)],
        offers: vec![interest("Cold chain sensors", "2651")],
        needs: vec![interest("Partners for halal meat export", "")],
        website_uri: "https://zbra.example.org/en".to_owned(),
        contact: Some(v1::OrganizationContact {
            title: Some(text("Protocol office", "礼宾处")),
            email: "protocol@example.org".to_owned(),
            phone_number: "+86 10 5550 0101".to_owned(),
        }),
        ..zbra()
    };
    let request = v1::CreateOrganizationRequest { organization: Some(given.clone()), request_id: once(), ..creation() };

    let created = house.owner.organizations().create_organization(request.clone()).await.done();
    let again = house.owner.organizations().create_organization(request).await.done();

    let expected = v1::Organization {
        name: ZBRA.to_owned(),
        create_time: created.create_time,
        update_time: created.create_time,
        etag: "r1".to_owned(),
        ..given
    };
    assert_eq!((&created, &again), (&expected, &expected));
    let request = v1::GetOrganizationRequest { name: ZBRA.to_owned() };
    assert_eq!(house.owner.organizations().get_organization(request).await.done(), created);
    let list = async |filter: &str| {
        let request = v1::ListOrganizationsRequest { filter: filter.to_owned(), ..Default::default() };
        house.owner.organizations().list_organizations(request).await.done().organizations.len()
    };
    assert_eq!([list("kind = ASSOCIATION AND region_code = CN").await, list("region_code = PK").await], [1, 0]);
    assert_eq!([list("sector = J").await, list("sector = 62").await, list("sector = 620").await], [1, 1, 1]);
    assert_eq!([list("sector = 2651").await, list("sector = 01").await, list("sector != J").await], [0, 0, 0]);
}

#[tokio::test]
async fn update_changes_what_its_mask_names_and_refuses_the_stale() {
    let house = boot().await;
    house.owner.organizations().create_organization(creation()).await.done();
    let given = v1::Organization { phone_number: "+1".to_owned(), etag: "r1".to_owned(), ..Default::default() };

    let after =
        house.owner.organizations().update_organization(update(given.clone(), &["phone_number", "email"])).await;
    let stale = house.owner.organizations().update_organization(update(given, &["phone_number"])).await;

    let after = after.done();
    let one_by_anybody = v1::LetterPolicy { required_approvals: 1, forbid_self_approval: false };
    assert_eq!((after.phone_number.as_str(), after.email.as_str(), after.etag.as_str()), ("+1", "", "r2"));
    assert_eq!((after.title, after.letter_policy), (zbra().title, Some(one_by_anybody)));
    assert_eq!(verdict(stale), (Code::Aborted, ErrorReason::EtagMismatch));
}

#[tokio::test]
async fn organisation_that_cannot_be_so_is_refused() {
    let house = boot().await;
    house.owner.organizations().create_organization(creation()).await.done();
    let wrong = v1::Organization {
        kind: 9,
        region_code: "XX1".to_owned(),
        email: "office".to_owned(),
        letter_prefix: "zbra".to_owned(),
        letter_policy: Some(v1::LetterPolicy { required_approvals: 10, forbid_self_approval: false }),
        sectors: vec![sector("J", None), sector("34", None), sector("J", None)],
        offers: vec![v1::Interest { description: None, sector_code: "industry".to_owned() }],
        needs: vec![interest("Everything", ""); 21],
        website_uri: "zbra.example.org".to_owned(),
        contact: Some(v1::OrganizationContact { email: "office".to_owned(), ..Default::default() }),
        ..Default::default()
    };
    let wrong = v1::CreateOrganizationRequest { organization: Some(wrong), ..creation() };

    let fields = wrong_fields(house.owner.organizations().create_organization(wrong).await);
    let taken = house.owner.organizations().create_organization(creation()).await;
    let unknown = update(v1::Organization::default(), &["colour"]);
    let unknown = house.owner.organizations().update_organization(unknown).await;
    let request = v1::GetOrganizationRequest { name: "organizations/nobody".to_owned() };
    let missing = house.owner.organizations().get_organization(request).await;
    let request = v1::ListOrganizationsRequest { filter: "email = a".to_owned(), ..Default::default() };
    let filter = house.owner.organizations().list_organizations(request).await;

    let expected = [
        "title",
        "kind",
        "region_code",
        "email",
        "letter_prefix",
        "letter_policy.required_approvals",
        "website_uri",
        "contact.title",
        "contact.email",
        "sectors[1].code",
        "sectors[2].code",
        "offers[0].description",
        "offers[0].sector_code",
        "needs",
    ];
    assert_eq!(fields, expected.map(|field| format!("organization.{field}")));
    assert_eq!(verdict(taken), (Code::AlreadyExists, ErrorReason::AlreadyExists));
    assert_eq!(wrong_fields(unknown), ["update_mask"]);
    assert_eq!(verdict(missing), (Code::NotFound, ErrorReason::NotFound));
    assert_eq!(wrong_fields(filter), ["filter"]);
}
