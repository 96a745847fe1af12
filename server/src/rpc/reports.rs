//! The wire of reports.

use std::{collections::BTreeMap, sync::Arc};

use attache_domain::{
    authority::Viewer,
    category::Category,
    language::LanguageTag,
    registration::{
        Registration,
        export::{Column, Forms, Row},
    },
    resource::EventName,
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
/// How many columns may be asked for.
const MOST_COLUMNS: usize = 500;

/// Answers `ReportService`.
pub struct Reports {
    pub(super) app: Arc<App>,
}

/// What is asked for.
struct Wanted {
    format: Format,
    columns: Vec<Column>,
    language: LanguageTag,
    list: List,
}

#[tonic::async_trait]
impl ReportService for Reports {
    type ExportRegistrationsStream = ReceiverStream<Result<pb::ExportRegistrationsResponse, Status>>;
    type RenderBadgesStream = tokio_stream::Iter<std::vec::IntoIter<Result<pb::RenderBadgesResponse, Status>>>;

    async fn export_registrations(
        &self,
        request: Request<pb::ExportRegistrationsRequest>,
    ) -> Answer<Self::ExportRegistrationsStream> {
        let authority = authority(&request)?;
        let (event, wanted) = decode_for_caller(request, decode)?;
        let viewer = authority.organizer(&event.event)?.viewer();
        let categories = self.app.store.all_categories(&event.event).await?;
        // What the list refuses (a filter, an event that is not there) is refused before anything is sent.
        let first = self.app.store.registrations(&viewer, &wanted.list).await?;
        let (pieces, stream) = mpsc::channel(AHEAD);
        let export = Export { app: Arc::clone(&self.app), viewer, categories, wanted, pieces };
        tokio::spawn(async move {
            if let Err(Gone::Failed(error)) = export.write(first).await {
                let _ = export.pieces.send(Err(error.into())).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(stream)))
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

/// A table on its way out.
struct Export {
    app: Arc<App>,
    viewer: Viewer,
    categories: Vec<Category>,
    wanted: Wanted,
    pieces: mpsc::Sender<Result<pb::ExportRegistrationsResponse, Status>>,
}

/// Why a table has no end.
enum Gone {
    /// Nobody reads it any more.
    Reader,
    /// It could not be read or written.
    Failed(AppError),
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

impl Export {
    async fn write(&self, mut page: Page<Registration>) -> Result<(), Gone> {
        let Wanted { format, columns, language, list } = &self.wanted;
        let forms = Forms::of(&self.categories);
        let columns = if columns.is_empty() { forms.columns() } else { columns.clone() };
        let names = columns.iter().map(ToString::to_string).collect();
        let headers = columns.iter().map(|column| column.header(&forms, *language)).collect();
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
            page = self.app.store.registrations(&self.viewer, &next).await?;
        }
        written.append(&mut sheet.end()?);
        for piece in written.chunks(PIECE) {
            self.send(piece.to_vec()).await?;
        }
        Ok(())
    }

    async fn write_page(&self, sheet: &mut Sheet, columns: &[Column], page: &[Registration]) -> Result<(), Gone> {
        let forms = Forms::of(&self.categories);
        let names = page.iter().map(|registration| &registration.person).collect();
        let people = self.app.store.people_of(&self.viewer, names).await?;
        let people: BTreeMap<_, _> = people.iter().map(|person| (person.name(), person)).collect();
        let answers = self.app.store.answers_of(&self.viewer, page).await?;
        for registration in page {
            let row = Row {
                registration,
                person: people.get(&registration.person).copied(),
                answers: answers.get(&registration.id),
            };
            let cells = columns.iter().map(|column| match self.wanted.format {
                Format::JsonLines => row.cell(column),
                Format::Csv | Format::Xlsx => vec![row.readable(column, &forms, self.wanted.language)],
            });
            sheet.row(cells)?;
        }
        Ok(())
    }

    async fn send(&self, data: Vec<u8>) -> Result<(), Gone> {
        self.pieces.send(Ok(pb::ExportRegistrationsResponse { data })).await.map_err(|_| Gone::Reader)
    }
}

fn decode_badges(
    fields: &mut Fields,
    request: pb::RenderBadgesRequest,
) -> Option<(EventName, app::badges::Wanted, List)> {
    let pb::RenderBadgesRequest { parent, filter, query, layout, language_code, page_size, page_token } = request;
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
    let page_size = if page_size == 0 { MOST_BADGES } else { page_size.min(MOST_BADGES) };
    let list = decode_selection(fields, [filter, String::new(), query], page_size);
    let wanted = app::badges::Wanted { layout: layout?, language: language?.unwrap_or(LanguageTag::English) };
    Some((event?, wanted, List { page_token, ..list? }))
}

fn decode(fields: &mut Fields, request: pb::ExportRegistrationsRequest) -> Option<(EventName, Wanted)> {
    let pb::ExportRegistrationsRequest { parent, format, columns, filter, order_by, query, language_code } = request;
    let event = fields.parse("parent", &parent);
    let format = match pb::TableFormat::try_from(format) {
        Ok(pb::TableFormat::Csv) => Some(Format::Csv),
        Ok(pb::TableFormat::Xlsx) => Some(Format::Xlsx),
        Ok(pb::TableFormat::JsonLines) => Some(Format::JsonLines),
        Ok(pb::TableFormat::Unspecified) | Err(_) => {
            fields.refuse("format", "is not one of the formats");
            None
        }
    };
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
        columns: columns.into_iter().collect::<Option<_>>()?,
        language: language?.unwrap_or(LanguageTag::English),
        list: list?,
    };
    Some((event?, wanted))
}
