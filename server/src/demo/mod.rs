//! The demo.
//!
//! **Invariant:** x
use crate::settings::Settings;
use clap::Args;
/// x
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// End after the job instead of serving
    #[arg(long)]
    pub exit: bool,
    /// Start afresh
    #[arg(long)]
    pub fresh: bool,
}
/// x
pub async fn run(
    _: &Settings,
    _: &Options,
    _: impl Future<Output = ()>,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Ok(())
}
