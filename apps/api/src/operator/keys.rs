//! `gacp-api auth rotate-keys`.

use gacp_keys::{PUBLISHED_AHEAD, Succession};
use jiff::Timestamp;

use super::place;
use crate::clock::Clock;
use crate::compose::Foundation;
use crate::config::Config;

pub(super) async fn rotate(config: &Config, clock: &Clock) -> anyhow::Result<()> {
    let now = clock.now();
    let foundation = Foundation::of_a_server(config, now).await?;
    let rotated = foundation.keyring.rotate(&*foundation.stores.keys, now).await;
    let accepted_for = foundation.auth.policy().accepted_for();
    foundation.stores.close().await?;
    let next = rotated?;
    let gone = next.signs_from + accepted_for;
    println!("{}", told(&next, now, gone));
    println!("in {}", place(config));
    Ok(())
}

fn told(next: &Succession, now: Timestamp, gone: Timestamp) -> String {
    let Succession { kid, signs_from, supersedes } = next;
    let made = if *signs_from == now + PUBLISHED_AHEAD { "made" } else { "waits already" };
    let next = format!("next key     {kid}  {made}, signs from {signs_from}");
    match supersedes {
        Some(former) => format!("{next}\npresent key  {former}  published until {gone}"),
        None => next,
    }
}
