//! A look at the installation: every part of it is asked, and the rules say what the answers mean. Nothing is changed.

use std::{future::Future, pin::Pin};

use attache_domain::{
    authority::Administrator,
    system::{self, Check, Clock, Facts, Mail, Script},
};

use super::{App, AppError};

/// The scripts that papers are written in, with a line of each.
const LINES: [(&str, &str); 3] = [
    ("Latin", "The quick brown fox, Zażółć gęślą jaźń."),
    ("Chinese", "中国国际服务贸易交易会，二〇二三年九月。"),
    ("Urdu", "خصوصی ٹیکنالوجی زونز اتھارٹی"),
];

/// The way mail leaves, as far as a look at it goes; the server binds it.
pub trait Post: Send + Sync {
    /// In one word: `smtp`, `files`.
    fn way(&self) -> &'static str;

    /// Whether a message could be handed over now; if not, why, without addresses or secrets. None is.
    fn reach(&self) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>>;
}

/// Says of each part of the installation how it is.
pub async fn examine(app: &App, administrator: &Administrator, post: &dyn Post) -> Result<Vec<Check>, AppError> {
    let (store, now) = (&app.store, app.clock.now());
    let facts = Facts {
        latency: store.latency(administrator).await?,
        schema: store.schema(administrator).await?,
        log: store.log_health(administrator).await?,
        vault: store.vault_health(administrator).await?,
        outbox: store.outbox_health(administrator).await?,
        jobs: store.jobs_health(administrator, now).await?,
        scripts: tokio::task::spawn_blocking(scripts).await.map_err(AppError::BrokenOff)?,
        clock: Clock {
            now,
            last_change: store.last_change_time(administrator).await?,
            time_zone_version: chrono_tz::IANA_TZDB_VERSION,
        },
        mail: Mail { way: post.way(), fault: post.reach().await.err() },
    };
    Ok(system::examine(&facts))
}

fn scripts() -> Vec<Script> {
    let set = |(name, line): (&'static str, &str)| {
        let fault = attache_paper::line::set(line).err().map(|error| error.to_string());
        Script { name, fault }
    };
    LINES.into_iter().map(set).collect()
}
