//! `growth`: registrations where there are few, and where there are a million.

use anyhow::Result;

use crate::{
    mailbox::Mailbox,
    register::served,
    scenario::{Ground, Measured, Scenario},
    site::Manner,
    turns::{Side as _, compare},
};

/// How many registrations there are.
const FEW: u64 = 1_000;
/// How many there are then.
const MANY: u64 = 1_000_000;

/// The rows that a registration leaves are all there, whichever table they are in.
pub const GROWTH: Scenario = Scenario {
    name: "growth",
    reaches: "register where 1,000,000 registrations are, with all the rows that they leave; at least 0.8 of the same \
              where 1,000 are",
    run: |ground| Box::pin(run(ground)),
};

async fn run(ground: &Ground) -> Result<Measured> {
    let in_flight = ground.in_flight.unwrap_or(64);
    let mailbox = Mailbox::silent().await?;
    let manner = Manner { smtp_url: Some(mailbox.url()), ..Manner::default() };
    let (few, many) = (ground.filled.with(ground, FEW).await?, ground.filled.with(ground, MANY).await?);
    let mut among_many = served("among 1,000,000", &many, &manner, in_flight, 1).await?;
    let mut among_few = served("among 1,000", &few, &manner, in_flight, 1).await?;
    let compared = compare(&mut [&mut among_many, &mut among_few], ground.turns, ground.lasting).await?;
    drop(mailbox);
    Box::new(among_many).clear().await?;
    Box::new(among_few).clear().await?;
    let title = format!("growth{}, {in_flight} in flight", ground.on());
    Ok(Measured::of(title, compared, |compared| vec![compared.ratio(0, 1, 0.8)]))
}
