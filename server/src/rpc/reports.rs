//! The wire of reports.

mod accreditation;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use attache_domain::{
    authority::Organizer,
    category::Category,
    identity_document::{Contents, Kind},
    language::LanguageTag,
    registration::{
        Registration,
        accreditation::Value,
        export::{Column, Forms, Row},
    },
    resource::{EventName, PersonName},
};
use attache_proto::v1::{self as pb, report_service_server::ReportService};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::{
    Answer,
    authority::authority,
    fields::{Fields, decode_for_caller},
    shapes::decode_selection,
};
use crate::{
    app::{self, App, AppError, badges::Layout},
    exchange::sheet::{Format, Sheet},
    store::{List, Page, StoreError},
};

/// How many registrations are read at once.
const TOGETHER: i32 = 500;
/// How many bytes make a piece.
const PIECE: usize = 64 * 1024;
/// How many pieces are made ahead of what was sent.
const AHEAD: usize = 2;
/// How many badges are made at once at most: what typesetting them takes grows with them, to 130 MiB for so many.
const MOST_BADGES: i32 = 200;
/// How many of them have photos at most, each of which takes 1.4 MiB while it is set.
const MOST_PHOTOS: i32 = 50;
/// How many columns may be asked for.
const MOST_COLUMNS: usize = 500;

/// Answers `ReportService`.
pub struct Reports {
    pub(super) app: Arc<App>,
}

/// What is asked for.
struct Wanted {
    format: Format,
    columns: Columns,
    language: LanguageTag,
    list: List,
}

/// Which columns are asked for.
enum Columns {
    /// Our own, by which the table can be imported again; all of them, when there are none.
    Own(Vec<Column>),
    /// Those of somebody else, by their headers, for which documents may be read.
    Foreign(Vec<(String, Value)>, Option<Reading>),
}

/// Which documents are read, and what for.
struct Reading {
    kinds: Vec<Kind>,
    purpose: String,
}

#[tonic::async_trait]
impl ReportService for Reports {
    type ExportRegistrationsStream = Pieces<pb::ExportRegistrationsResponse>;
    type ExportAccreditationStream = Pieces<pb::ExportAccreditationResponse>;
    type RenderBadgesStream = tokio_stream::Iter<std::vec::IntoIter<Result<pb::RenderBadgesResponse, Status>>>;

    async fn export_registrations(
        &self,
        request: Request<pb::ExportRegistrationsRequest>,
    ) -> Answer<Self::ExportRegistrationsStream> {
        let authority = authority(&request)?;
        let (event, wanted) = decode_for_caller(request, decode)?;
        let organizer = authority.organizer(&event.event)?;
        let piece = |data| pb::ExportRegistrationsResponse { data };
        Ok(Response::new(Export::begin(&self.app, organizer, wanted, piece).await?))
    }

    async fn export_accreditation(
        &self,
        request: Request<pb::ExportAccreditationRequest>,
    ) -> Answer<Self::ExportAccreditationStream> {
        let authority = authority(&request)?;
        let (event, wanted) = decode_for_caller(request, accreditation::decode)?;
        let organizer = authority.organizer(&event.event)?;
        let piece = |data| pb::ExportAccreditationResponse { data };
        Ok(Response::new(Export::begin(&self.app, organizer, wanted, piece).await?))
    }

    async fn render_badges(&self, request: Request<pb::RenderBadgesRequest>) -> Answer<Self::RenderBadgesStream> {
        let authority = authority(&request)?;
        let (event, wanted, list) = decode_for_caller(request, decode_badges)?;
        let organizer = authority.organizer(&event.event)?;
        let page = self.app.store.registrations(&organizer.viewer(), &list).await?;
        let pdf = app::badges::render(&self.app, &organizer, &page.items, wanted).await?;
        let last = pdf.len().saturating_sub(1) / PIECE;
        let piece = move |(index, data): (usize, &[u8])| {
            let next_page_token = if index == last { page.next_page_token.clone() } else { String::new() };
            Ok(pb::RenderBadgesResponse { data: data.to_vec(), next_page_token })
        };
        let pieces: Vec<_> = pdf.chunks(PIECE).enumerate().map(piece).collect();
        Ok(Response::new(tokio_stream::iter(pieces)))
    }
}

/// A table on its way out, in pieces of some kind.
type Pieces<P> = ReceiverStream<Result<P, Status>>;

/// A table on its way out.
struct Export<P> {
    app: Arc<App>,
    organizer: Organizer,
    categories: Vec<Category>,
    wanted: Wanted,
    pieces: mpsc::Sender<Result<P, Status>>,
    piece: fn(Vec<u8>) -> P,
}

/// Why a table has no end.
enum Gone {
    /// Nobody reads it any more.
    Reader,
    /// It could not be read or written.
    Failed(AppError),
}

impl From<AppError> for Gone {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Gone {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<std::io::Error> for Gone {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(AppError::Table(error))
    }
}

impl<P: Send + 'static> Export<P> {
    async fn begin(
        app: &Arc<App>,
        organizer: Organizer,
        wanted: Wanted,
        piece: fn(Vec<u8>) -> P,
    ) -> Result<Pieces<P>, AppError> {
        let categories = app.store.all_categories(organizer.event()).await?;
        // What the list refuses (a filter, an event that is not there) is refused before anything is sent.
        let first = app.store.registrations(&organizer.viewer(), &wanted.list).await?;
        let (pieces, stream) = mpsc::channel(AHEAD);
        let export = Self { app: Arc::clone(app), organizer, categories, wanted, pieces, piece };
        tokio::spawn(async move {
            if let Err(Gone::Failed(error)) = export.write(first).await {
                let _ = export.pieces.send(Err(error.into())).await;
            }
        });
        Ok(ReceiverStream::new(stream))
    }

    async fn write(&self, mut page: Page<Registration>) -> Result<(), Gone> {
        let Wanted { format, columns, language, list } = &self.wanted;
        let forms = Forms::of(&self.categories);
        let columns: Vec<Value> = match columns {
            Columns::Own(own) if own.is_empty() => forms.columns().into_iter().map(Value::Said).collect(),
            Columns::Own(own) => own.iter().cloned().map(Value::Said).collect(),
            Columns::Foreign(foreign, _) => foreign.iter().map(|(_, value)| value.clone()).collect(),
        };
        let (names, headers) = match &self.wanted.columns {
            Columns::Own(_) => named(&columns, &forms, *language),
            Columns::Foreign(foreign, _) => {
                let headers: Vec<String> = foreign.iter().map(|(header, _)| header.clone()).collect();
                (headers.clone(), headers)
            }
        };
        let mut sheet = Sheet::begin(*format, names, headers)?;
        let mut written = Vec::new();
        loop {
            self.write_page(&mut sheet, &columns, &page.items).await?;
            written.append(&mut sheet.take());
            while written.len() >= PIECE {
                let rest = written.split_off(PIECE);
                self.send(std::mem::replace(&mut written, rest)).await?;
            }
            if page.next_page_token.is_empty() {
                break;
            }
            let next = List { page_token: page.next_page_token, ..list.clone() };
            page = self.app.store.registrations(&self.organizer.viewer(), &next).await?;
        }
        written.append(&mut sheet.end()?);
        for piece in written.chunks(PIECE) {
            self.send(piece.to_vec()).await?;
        }
        Ok(())
    }

    async fn write_page(&self, sheet: &mut Sheet, columns: &[Value], page: &[Registration]) -> Result<(), Gone> {
        let (forms, viewer) = (Forms::of(&self.categories), self.organizer.viewer());
        let names: BTreeSet<_> = page.iter().map(|registration| &registration.person).collect();
        let documents = self.documents(names.iter().copied()).await?;
        let people = self.app.store.people_of(&viewer, names.into_iter().collect()).await?;
        let people: BTreeMap<_, _> = people.iter().map(|person| (person.name(), person)).collect();
        let answers = self.app.store.answers_of(&viewer, page).await?;
        for registration in page {
            let row = Row {
                registration,
                person: people.get(&registration.person).copied(),
                answers: answers.get(&registration.id),
            };
            let document = documents.get(&registration.person);
            let cells = columns.iter().map(|column| match (column, self.wanted.format) {
                (Value::Said(column), Format::JsonLines) => row.cell(column),
                (column, _) => column.of((&row, document), &forms, self.wanted.language).into_iter().collect(),
            });
            sheet.row(cells)?;
        }
        Ok(())
    }

    /// Takes the documents of people out of the vault, where a column needs them.
    async fn documents(
        &self,
        people: impl Iterator<Item = &PersonName>,
    ) -> Result<BTreeMap<PersonName, Contents>, AppError> {
        let Columns::Foreign(_, Some(Reading { kinds, purpose })) = &self.wanted.columns else {
            return Ok(BTreeMap::new());
        };
        let people = people.cloned().collect();
        app::identity_documents::take(&self.app, &self.organizer, &people, (kinds, purpose)).await
    }

    async fn send(&self, data: Vec<u8>) -> Result<(), Gone> {
        self.pieces.send(Ok((self.piece)(data))).await.map_err(|_| Gone::Reader)
    }
}

/// What our own columns are called: by programs, and by people in a language.
fn named(columns: &[Value], forms: &Forms<'_>, language: LanguageTag) -> (Vec<String>, Vec<String>) {
    let own = columns.iter().filter_map(|column| match column {
        Value::Said(column) => Some((column.to_string(), column.header(forms, language))),
        Value::Document(_) | Value::Text(_) => None,
    });
    own.unzip()
}

fn decode_badges(
    fields: &mut Fields,
    request: pb::RenderBadgesRequest,
) -> Option<(EventName, app::badges::Wanted, List)> {
    let pb::RenderBadgesRequest { parent, filter, query, layout, language_code, page_size, page_token, photos } =
        request;
    let event = fields.parse("parent", &parent);
    let layout = match pb::BadgeLayout::try_from(layout) {
        Ok(pb::BadgeLayout::Unspecified | pb::BadgeLayout::Sheet) => Some(Layout::Sheet),
        Ok(pb::BadgeLayout::Single) => Some(Layout::Single),
        Err(_) => {
            fields.refuse("layout", "is not one of the layouts");
            None
        }
    };
    let language = fields.parse_optional("language_code", &language_code);
    let filter = if filter.trim().is_empty() { "state = CONFIRMED".to_owned() } else { filter };
    let most = if photos { MOST_PHOTOS } else { MOST_BADGES };
    let page_size = if page_size == 0 { most } else { page_size.min(most) };
    let list = decode_selection(fields, [filter, String::new(), query], page_size);
    let language = language?.unwrap_or(LanguageTag::English);
    let wanted = app::badges::Wanted { layout: layout?, language, photos };
    Some((event?, wanted, List { page_token, ..list? }))
}

fn decode_format(fields: &mut Fields, format: i32) -> Option<Format> {
    match pb::TableFormat::try_from(format) {
        Ok(pb::TableFormat::Csv) => Some(Format::Csv),
        Ok(pb::TableFormat::Xlsx) => Some(Format::Xlsx),
        Ok(pb::TableFormat::JsonLines) => Some(Format::JsonLines),
        Ok(pb::TableFormat::Unspecified) | Err(_) => {
            fields.refuse("format", "is not one of the formats");
            None
        }
    }
}

fn decode(fields: &mut Fields, request: pb::ExportRegistrationsRequest) -> Option<(EventName, Wanted)> {
    let pb::ExportRegistrationsRequest { parent, format, columns, filter, order_by, query, language_code } = request;
    let event = fields.parse("parent", &parent);
    let format = decode_format(fields, format);
    if columns.len() > MOST_COLUMNS {
        fields.refuse("columns", format_args!("are more than {MOST_COLUMNS}"));
    }
    let columns: Vec<_> = (0..MOST_COLUMNS)
        .zip(&columns)
        .map(|(index, column)| fields.parse::<Column>(&format!("columns[{index}]"), column))
        .collect();
    let language = fields.parse_optional("language_code", &language_code);
    let list = decode_selection(fields, [filter, order_by, query], TOGETHER);
    let wanted = Wanted {
        format: format?,
        columns: Columns::Own(columns.into_iter().collect::<Option<_>>()?),
        language: language?.unwrap_or(LanguageTag::English),
        list: list?,
    };
    Some((event?, wanted))
}
