//! The bodies: created, and those that sign given a stamp and a signature.

use attache_client::{Client, fresh_request_id, v1};

use super::{
    Stopped,
    report::Made,
    samples::{Organization, SIGNATURE, STAMP, Samples},
    stopped::Step as _,
};

/// The largest piece of a file that the server takes at once, in bytes.
const PIECE: usize = 1 << 20;

/// Creates every body of the samples.
pub(super) async fn create(client: &Client, samples: &Samples) -> Result<Vec<Made>, Stopped> {
    for sample in &samples.organizations {
        let request = v1::CreateOrganizationRequest {
            organization: Some(organization(sample)),
            organization_id: sample.id.clone(),
            request_id: fresh_request_id(),
            validate_only: false,
        };
        let created = client.organizations().create_organization(request).await.at("creating an organisation")?;
        if sample.signatory.is_some() {
            give_stamp(client, created).await?;
        }
    }
    Ok(vec![Made::new("organisations", samples.organizations.len())])
}

fn organization(sample: &Organization) -> v1::Organization {
    let signatory = sample.signatory.as_ref().map(|signatory| v1::Signatory {
        display_name: Some((&signatory.display_name).into()),
        position: Some((&signatory.position).into()),
    });
    v1::Organization {
        title: Some((&sample.title).into()),
        kind: sample.kind.into(),
        region_code: sample.region_code.clone(),
        address_lines: sample.address_lines.clone(),
        address_lines_zh: sample.address_lines_zh.clone(),
        phone_number: sample.phone_number.clone(),
        email: sample.email.clone(),
        registration_number: sample.registration_number.clone(),
        signatory,
        letter_prefix: sample.letter_prefix.clone(),
        ..v1::Organization::default()
    }
}

/// Uploads the specimen stamp and signature for a body, and sets both.
async fn give_stamp(client: &Client, organization: v1::Organization) -> Result<(), Stopped> {
    let parent = &organization.name;
    let stamp_file = upload(client, parent, "stamp.png", STAMP).await?;
    let signature_file = upload(client, parent, "signature.png", SIGNATURE).await?;
    let paths = ["stamp_file", "signature_file"].map(str::to_owned).to_vec();
    let request = v1::UpdateOrganizationRequest {
        organization: Some(v1::Organization { stamp_file, signature_file, ..organization }),
        update_mask: Some(prost_types::FieldMask { paths }),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    client.organizations().update_organization(request).await.at("setting stamp and signature")?;
    Ok(())
}

async fn upload(client: &Client, parent: &str, file_name: &str, bytes: &[u8]) -> Result<String, Stopped> {
    let mut files = client.files();
    let file = v1::File {
        file_name: file_name.to_owned(),
        media_type: "image/png".to_owned(),
        size_bytes: offset(bytes.len()),
        ..v1::File::default()
    };
    let request = v1::StartUploadRequest {
        parent: parent.to_owned(),
        file: Some(file),
        request_id: fresh_request_id(),
        validate_only: false,
    };
    let name = files.start_upload(request).await.at("starting an upload")?.name;
    for (index, piece) in bytes.chunks(PIECE).enumerate() {
        let request =
            v1::AppendUploadRequest { name: name.clone(), offset: offset(index * PIECE), data: piece.to_vec() };
        files.append_upload(request).await.at("uploading a file")?;
    }
    let request = v1::FinishUploadRequest { name: name.clone(), request_id: fresh_request_id(), validate_only: false };
    files.finish_upload(request).await.at("finishing an upload")?;
    Ok(name)
}

/// A place in a file as the API counts it; the server refuses what is larger.
fn offset(bytes: usize) -> i32 {
    i32::try_from(bytes).unwrap_or(i32::MAX)
}
