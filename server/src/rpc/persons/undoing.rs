//! Merges that are taken back, as the wire has them.

use attache_domain::resource::PersonName;
use attache_proto::v1 as pb;

use crate::{
    app::Edit,
    rpc::{fields::Fields, values::etag},
};

/// Reads whose merge is taken back, and which state of the one who stayed the caller saw.
pub(super) fn decode_undoing(fields: &mut Fields, message: pb::UndoMergeRequest) -> Option<Edit<PersonName, ()>> {
    let pb::UndoMergeRequest { name, etag: seen, request_id: _, validate_only: _ } = message;
    let name = fields.parse::<PersonName>("name", &name);
    let expected = etag(fields, &seen);
    Some(Edit { name: name?, content: (), expected: expected? })
}
