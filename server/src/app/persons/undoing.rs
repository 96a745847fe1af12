//! Merges that are taken back.

use attache_domain::{
    authority::Keeper,
    person::{Merge, Person, require_kept, require_last, require_merged},
    resource::PersonName,
};

use super::{
    super::{App, AppError, Edit, missing, unchanged},
    find,
};
use crate::store::Request;

/// Takes back the merge by which a person went: they are there again, with all that named them.
///
/// The edit is of who went; what its editor saw is the one who stayed.
pub async fn undo_merge(
    app: &App,
    keeper: &Keeper,
    edit: &Edit<PersonName, ()>,
    request: Request,
) -> Result<Person, AppError> {
    let deed = app.deed(keeper, request);
    app.store
        .write(&deed, |tx| async move {
            let name = &edit.name;
            require_merged(name, tx.person(name).await?.is_some())?;
            let successor = tx.successor(name).await?.ok_or_else(|| missing(name))?;
            let kept = require_kept(Merge::new(name.clone(), successor)?, tx.kept_merge(name).await?)?;
            let merge = kept.merge.clone();
            require_last(&merge, tx.merged_since(&merge).await?)?;
            let stays = find(&tx, merge.stays()).await?;
            unchanged(edit.expected, &stays.history, merge.stays())?;

            let (back, after) = kept.undo(stays.clone(), tx.now());
            tx.insert_unmerged_person(&back).await?;
            tx.unmerge(&merge).await?;
            tx.save_person(&stays, &after, "unmerged").await?;
            Ok(back)
        })
        .await
}
