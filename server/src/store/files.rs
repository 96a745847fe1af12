//! Files in the database: a label, and the bytes in sealed pieces, each of [`PIECE`] bytes but the last.
//!
//! Each file has a key of its own. A piece is bound to its file and to its place in it, so that none can be put in another's place.

use attache_domain::{
    authority::{Actor, Downloader, Uploader, Whose},
    file::{File, Label},
    resource::{EventId, FileId, FileName, OrganizationId, Owner},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _, sea_query::Expr,
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    Store, StoreError, Subject, WriteTx,
    changes::Entry,
    error::{column, count},
    letters, requests,
    rows::{
        delegation,
        file::{Column, Entity, Model},
        file_piece, itinerary, job, letter, notice, organization, session,
    },
};
use crate::vault::{DataKey, MasterKey};

const TABLE: &str = "files";

/// How many bytes a piece holds; the last may hold fewer.
const PIECE: u32 = 256 * 1024;

/// A file whose key is at hand, so that its bytes can be read piece by piece.
pub struct OpenFile {
    /// What is known of it.
    pub file: File,
    key: DataKey,
}

/// What the change log keeps of a file: not what it is called, which may name a person.
#[derive(Serialize)]
struct Outline {
    media_type: String,
    size: i64,
    received: i64,
    digest: Option<String>,
}

impl Store {
    /// Finds a file for somebody who may download it.
    pub async fn file(&self, downloader: &Downloader, id: FileId) -> Result<Option<File>, StoreError> {
        let name = FileName { owner: downloader.owner().clone(), file: id };
        if reaches(&self.read, downloader, &name).await? { find(&self.read, &name).await } else { Ok(None) }
    }

    /// Finds a file that is among those whom somebody reaches.
    pub async fn file_of(&self, whose: &Whose, name: &FileName) -> Result<Option<File>, StoreError> {
        Ok(find(&self.read, name).await?.filter(|file| whose.covers_file(file)))
    }

    /// Opens a file for somebody who may download it.
    pub async fn open_file(&self, downloader: &Downloader, id: FileId) -> Result<Option<OpenFile>, StoreError> {
        let name = FileName { owner: downloader.owner().clone(), file: id };
        if !reaches(&self.read, downloader, &name).await? {
            return Ok(None);
        }
        open(&self.read, &self.master, &name).await
    }

    /// Reads the piece that holds the byte at an offset, from that byte on; nothing beyond the end of what has arrived.
    /// Each call is a statement by itself: no transaction stays open while a slow caller reads.
    pub async fn file_bytes(&self, open: &OpenFile, offset: u32) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        bytes_at(&self.read, open, offset).await
    }

    /// Reads a whole file, for the server's own use: what a mail attaches, and the images on a letter.
    pub async fn read_file(&self, name: &FileName) -> Result<Option<(File, Zeroizing<Vec<u8>>)>, StoreError> {
        let Some(open) = open(&self.read, &self.master, name).await? else { return Ok(None) };
        let bytes = range(&self.read, &open, 0, open.file.received).await?;
        Ok(Some((open.file, bytes)))
    }

    /// Computes the BLAKE3 digest of a file as it is now, in lower-case hex; `None` when there is no such file for its uploader.
    pub async fn file_digest(&self, uploader: &Uploader, id: FileId) -> Result<Option<(File, String)>, StoreError> {
        let name = FileName { owner: uploader.owner().clone(), file: id };
        let open = open(&self.read, &self.master, &name).await?;
        let Some(open) = open.filter(|open| uploader.whose().covers_file(&open.file)) else { return Ok(None) };
        let mut hasher = blake3::Hasher::new();
        let mut offset = 0;
        while offset < open.file.received {
            hasher.update(&bytes_at(&self.read, &open, offset).await?);
            offset += PIECE;
        }
        Ok(Some((open.file, hasher.finalize().to_hex().to_string())))
    }
}

impl WriteTx {
    /// Finds a file.
    pub async fn file(&self, name: &FileName) -> Result<Option<File>, StoreError> {
        find(self.db().await?, name).await
    }

    /// Finds a file for somebody who may download it.
    pub async fn downloadable(&self, downloader: &Downloader, id: FileId) -> Result<Option<File>, StoreError> {
        let name = FileName { owner: downloader.owner().clone(), file: id };
        if reaches(self.db().await?, downloader, &name).await? { self.file(&name).await } else { Ok(None) }
    }

    /// Counts the files that somebody put under a name.
    pub async fn files_of_uploader(&self, uploader: &Uploader) -> Result<u64, StoreError> {
        let theirs = Entity::find()
            .filter(Column::Owner.eq(uploader.owner().to_string()))
            .filter(Column::Uploader.eq(uploader.actor().name()));
        Ok(theirs.count(self.db().await?).await?)
    }

    /// Inserts a file that has no bytes yet, with a key of its own.
    pub async fn insert_file(&self, file: &File) -> Result<(), StoreError> {
        self.insert_file_with(file, &DataKey::generate()?, "created").await
    }

    /// Inserts a complete file with its bytes. It is as large as they are, whatever its label says.
    pub async fn insert_whole_file(&self, name: &FileName, label: &Label, bytes: &[u8]) -> Result<File, StoreError> {
        let size = length(bytes)?;
        let digest = blake3::hash(bytes).to_hex().to_string();
        let file = File {
            received: size,
            digest: Some(digest),
            ..File::begin(name.clone(), Label { size, ..label.clone() }, Actor::Server, self.now())
        };
        let key = DataKey::generate()?;
        self.insert_file_with(&file, &key, "created").await?;
        self.write_pieces(name, &key, 0, bytes).await?;
        Ok(file)
    }

    /// Appends bytes to a file and saves what became of it.
    pub async fn append_to_file(&self, before: &File, after: &File, bytes: &[u8]) -> Result<(), StoreError> {
        let name = before.name();
        let row = self.file_row(&name).await?;
        let key = self.master().unwrap(&key_place(&name), &row.wrapped_key)?;
        // The last piece is written anew until it is full, so that small appends do not leave a trail of small pieces.
        let begin = before.received - before.received % PIECE;
        let open = OpenFile { file: before.clone(), key };
        let mut tail = range(self.db().await?, &open, begin, before.received).await?;
        tail.extend_from_slice(bytes);
        self.write_pieces(&name, &open.key, begin, &tail).await?;
        self.save_file(before, after, "appended").await
    }

    /// Saves what became of a file.
    pub async fn save_file(&self, before: &File, after: &File, verb: &'static str) -> Result<(), StoreError> {
        let row = self.file_row(&before.name()).await?;
        let (old, new) = (model(before, row.wrapped_key.clone()), model(after, row.wrapped_key));
        self.record(entry(after, verb, Some(&Outline::from(&old)), Some(&Outline::from(&new)))).await?;
        new.into_active_model().reset_all().update(self.db().await?).await?;
        Ok(())
    }

    /// Tells whether these bytes stand in a file at an offset.
    pub async fn file_holds(&self, file: &File, offset: u32, bytes: &[u8]) -> Result<bool, StoreError> {
        let name = file.name();
        let Some(open) = open(self.db().await?, self.master(), &name).await? else { return Ok(false) };
        let there = range(self.db().await?, &open, offset, offset.saturating_add(length(bytes)?)).await?;
        Ok(there.as_slice() == bytes)
    }

    /// Reads so many bytes at each end of a file; of a small file, all of it twice.
    pub async fn file_ends(&self, file: &File, length: u32) -> Result<[Zeroizing<Vec<u8>>; 2], StoreError> {
        let (db, size) = (self.db().await?, file.received);
        let open = open(db, self.master(), &file.name()).await?;
        let open = open.ok_or(StoreError::Corrupt { table: TABLE, column: "id" })?;
        Ok([range(db, &open, 0, length).await?, range(db, &open, size.saturating_sub(length), size).await?])
    }

    /// Deletes a file with its bytes and its key.
    pub async fn delete_file(&self, file: &File) -> Result<(), StoreError> {
        let row = self.file_row(&file.name()).await?;
        self.record(entry(file, "deleted", Some(&Outline::from(&row)), None)).await?;
        file_piece::Entity::delete_many()
            .filter(file_piece::Column::Owner.eq(row.owner.as_str()))
            .filter(file_piece::Column::File.eq(row.id.as_str()))
            .exec(self.db().await?)
            .await?;
        Entity::delete_by_id((row.owner, row.id)).exec(self.db().await?).await?;
        Ok(())
    }

    /// Tells what kind of thing refers to a file, if any does.
    ///
    /// An organisation's files are referred to by itself, an event's by its own letters, answers, signings, delegations, itineraries and notices, and by a
    /// job that goes on.
    pub async fn referrer_of_file(&self, name: &FileName) -> Result<Option<&'static str>, StoreError> {
        match &name.owner {
            Owner::Organization(organization) => self.organization_refers(organization, name).await,
            Owner::Event(event) => self.event_refers(event, name).await,
        }
    }

    async fn organization_refers(
        &self,
        organization: &OrganizationId,
        name: &FileName,
    ) -> Result<Option<&'static str>, StoreError> {
        let name = name.to_string();
        let shown = Condition::any()
            .add(organization::Column::StampFile.eq(name.as_str()))
            .add(organization::Column::SignatureFile.eq(name.as_str()));
        let found =
            organization::Entity::find_by_id(organization.to_string()).filter(shown).count(self.db().await?).await?;
        Ok((found > 0).then_some("organization"))
    }

    async fn event_refers(&self, event: &EventId, name: &FileName) -> Result<Option<&'static str>, StoreError> {
        // Imported here, since it gives numbers a `min` of its own.
        use sea_orm::sea_query::ExprTrait as _;

        if self.is_answer(event, name.file).await? {
            return Ok(Some("registration"));
        }
        let (event, has_file, name) = (event.to_string(), letters::has_file(name), name.to_string());
        let letters = letter::Entity::find().filter(letter::Column::Event.eq(event.as_str())).filter(has_file);
        if letters.count(self.db().await?).await? > 0 {
            return Ok(Some("letter"));
        }
        // A file's name stands in the JSON of a row as a text by itself, and no name is part of another.
        let quoted = format!("%\"{name}\"%");
        let signed = Expr::col(session::Column::Signing).cast_as("text").like(quoted.as_str());
        let sessions = session::Entity::find().filter(session::Column::Event.eq(event.as_str())).filter(signed);
        if sessions.count(self.db().await?).await? > 0 {
            return Ok(Some("session"));
        }
        let nominating = delegation::Entity::find()
            .filter(delegation::Column::Event.eq(event.as_str()))
            .filter(delegation::Column::NominationFile.eq(name.as_str()));
        if nominating.count(self.db().await?).await? > 0 {
            return Ok(Some("delegation"));
        }
        let imports = job::Entity::find()
            .filter(job::Column::Event.eq(event.as_str()))
            .filter(job::Column::File.eq(name.as_str()))
            .filter(job::Column::EndTime.is_null());
        if imports.count(self.db().await?).await? > 0 {
            return Ok(Some("job"));
        }
        let released = Expr::col(itinerary::Column::Release).cast_as("text").like(quoted.as_str());
        let itineraries =
            itinerary::Entity::find().filter(itinerary::Column::Event.eq(event.as_str())).filter(released);
        if itineraries.count(self.db().await?).await? > 0 {
            return Ok(Some("itinerary"));
        }
        let attached = Expr::col(notice::Column::Attachments).cast_as("text").like(quoted.as_str());
        let notices = notice::Entity::find().filter(notice::Column::Event.eq(event.as_str())).filter(attached);
        Ok((notices.count(self.db().await?).await? > 0).then_some("notice"))
    }

    async fn insert_file_with(&self, file: &File, key: &DataKey, verb: &'static str) -> Result<(), StoreError> {
        let wrapped_key = self.master().wrap(&key_place(&file.name()), key)?;
        let row = model(file, wrapped_key);
        self.record(entry(file, verb, None, Some(&Outline::from(&row)))).await?;
        self.insert(row);
        Ok(())
    }

    async fn file_row(&self, name: &FileName) -> Result<Model, StoreError> {
        let row = Entity::find_by_id((name.owner.to_string(), name.file.to_string())).one(self.db().await?).await?;
        row.ok_or(StoreError::Corrupt { table: TABLE, column: "id" })
    }

    /// Writes bytes as whole pieces from an offset on, in place of those that are there.
    async fn write_pieces(&self, name: &FileName, key: &DataKey, begin: u32, bytes: &[u8]) -> Result<(), StoreError> {
        let mut offset = begin;
        for bytes in bytes.chunks(PIECE as usize) {
            let row = file_piece::Model {
                owner: name.owner.to_string(),
                file: name.file.to_string(),
                offset: i64::from(offset),
                sealed: key.seal(&piece_place(name, offset), bytes)?,
            };
            let id = (row.owner.clone(), row.file.clone(), row.offset);
            file_piece::Entity::delete_by_id(id).exec(self.db().await?).await?;
            self.insert(row);
            offset += length(bytes)?;
        }
        Ok(())
    }
}

fn key_place(name: &FileName) -> String {
    format!("files/{name}")
}

fn piece_place(name: &FileName, offset: u32) -> String {
    format!("files/{name}/{offset}")
}

fn length(bytes: &[u8]) -> Result<u32, StoreError> {
    u32::try_from(bytes.len()).map_err(|_| StoreError::Corrupt { table: TABLE, column: "size" })
}

fn entry<'a>(
    file: &File,
    verb: &'static str,
    before: Option<&'a Outline>,
    after: Option<&'a Outline>,
) -> Entry<'a, Outline> {
    Entry { owner: file.owner.clone(), resource: file.name().to_string(), verb, person: None, before, after }
}

/// Whether a file is among those that somebody may download. A person downloads their own letters and what they uploaded, a focal
/// point what they uploaded, and no other file is there for them.
async fn reaches<C: ConnectionTrait>(db: &C, downloader: &Downloader, name: &FileName) -> Result<bool, StoreError> {
    let whose = downloader.whose();
    if *whose == Whose::Anybodys || find(db, name).await?.is_some_and(|file| whose.covers_file(&file)) {
        return Ok(true);
    }
    match (whose, &name.owner) {
        (Whose::Of(person), Owner::Event(event)) => letters::is_issued_to(db, event, person, name).await,
        (Whose::Of(_) | Whose::Anybodys | Whose::UploadedBy(_), _) => Ok(false),
    }
}

async fn find<C: ConnectionTrait>(db: &C, name: &FileName) -> Result<Option<File>, StoreError> {
    let row = Entity::find_by_id((name.owner.to_string(), name.file.to_string())).one(db).await?;
    row.map(File::try_from).transpose()
}

/// Opens a file by its name.
pub(super) async fn open<C: ConnectionTrait>(
    db: &C,
    master: &MasterKey,
    name: &FileName,
) -> Result<Option<OpenFile>, StoreError> {
    let row = Entity::find_by_id((name.owner.to_string(), name.file.to_string())).one(db).await?;
    let Some(row) = row else { return Ok(None) };
    let key = master.unwrap(&key_place(name), &row.wrapped_key)?;
    Ok(Some(OpenFile { file: File::try_from(row)?, key }))
}

/// Reads what has arrived of a file between two offsets.
async fn range<C: ConnectionTrait>(
    db: &C,
    open: &OpenFile,
    begin: u32,
    end: u32,
) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let end = end.min(open.file.received);
    let wanted = end.saturating_sub(begin) as usize;
    let mut bytes = Zeroizing::new(Vec::with_capacity(wanted + PIECE as usize));
    let mut offset = begin;
    while offset < end {
        let piece = bytes_at(db, open, offset).await?;
        offset += length(&piece)?;
        bytes.extend_from_slice(&piece);
    }
    bytes.truncate(wanted);
    Ok(bytes)
}

async fn bytes_at<C: ConnectionTrait>(db: &C, open: &OpenFile, offset: u32) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let OpenFile { file, key } = open;
    if offset >= file.received {
        return Ok(Zeroizing::default());
    }
    let (name, begin) = (file.name(), offset - offset % PIECE);
    let id = (name.owner.to_string(), name.file.to_string(), i64::from(begin));
    let row = file_piece::Entity::find_by_id(id).one(db).await?;
    let lost = StoreError::Corrupt { table: "file_pieces", column: "sealed" };
    let Some(row) = row else { return Err(lost) };
    let mut piece = key.open(&piece_place(&name, begin), &row.sealed)?;
    let expected = PIECE.min(file.received - begin) as usize;
    if piece.len() < expected {
        return Err(lost);
    }
    // More may have arrived since the file was opened; it is as it was then.
    piece.truncate(expected);
    piece.drain(..(offset - begin) as usize);
    Ok(piece)
}

impl Subject for File {
    fn resource_name(&self) -> String {
        self.name().to_string()
    }

    async fn load(tx: &WriteTx, name: &str) -> Result<Self, StoreError> {
        let file: FileName = column("requests", "resource", name)?;
        tx.file(&file).await?.ok_or_else(|| StoreError::Unrepeatable(name.to_owned()))
    }
}

impl From<&Model> for Outline {
    fn from(row: &Model) -> Self {
        let Model {
            owner: _,
            id: _,
            file_name: _,
            media_type,
            size,
            received,
            digest,
            wrapped_key: _,
            uploader: _,
            create_time: _,
        } = row;
        Self { media_type: media_type.clone(), size: *size, received: *received, digest: digest.clone() }
    }
}

fn model(file: &File, wrapped_key: Vec<u8>) -> Model {
    let File { owner, id, label, received, digest, uploader, create_time } = file;
    let Label { file_name, media_type, size } = label;
    Model {
        owner: owner.to_string(),
        id: id.to_string(),
        file_name: file_name.clone(),
        media_type: media_type.clone(),
        size: i64::from(*size),
        received: i64::from(*received),
        digest: digest.clone(),
        wrapped_key,
        uploader: uploader.name(),
        create_time: *create_time,
    }
}

impl TryFrom<Model> for File {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { owner, id, file_name, media_type, size, received, digest, wrapped_key: _, uploader, create_time } =
            row;
        Ok(Self {
            owner: column(TABLE, "owner", &owner)?,
            id: column(TABLE, "id", &id)?,
            label: Label { file_name, media_type, size: count(TABLE, "size", size)? },
            received: count(TABLE, "received", received)?,
            digest,
            uploader: requests::actor(TABLE, "uploader", uploader.as_deref())?,
            create_time,
        })
    }
}
