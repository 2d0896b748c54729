//! What the machine can do at best: hash after hash on every core, and nothing else.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, available_parallelism};
use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use gacp_auth::HashCost;

use crate::cpu::Spent;
use crate::rate::Rate;

/// Until every thread is at work and has touched its memory.
const LEAD_IN: Duration = Duration::from_millis(300);

/// The lengths that the server gives salt and hash, in bytes.
const SALT: [u8; 16] = [7; 16];
const HASH_BYTES: usize = 32;

/// How many hashes the machine does at once.
pub(crate) fn cores() -> u32 {
    let cores = available_parallelism().map_or(1, NonZero::get);
    u32::try_from(cores).unwrap_or(1)
}

/// Hashes with the server's parameters for so long: a thread per core, in memory that is used
/// again.
pub(crate) fn measure(length: Duration) -> Result<Rate> {
    let (stop, hashes) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let hashing: Vec<_> =
            (0..cores()).map(|_| scope.spawn(|| hash_until(&stop, &hashes))).collect();
        let measured = window(length, &hashes);
        stop.store(true, Ordering::Relaxed);
        for thread in hashing {
            thread.join().map_err(|_panic| anyhow!("a thread that hashes ended early"))??;
        }
        measured
    })
}

/// Counts from a moment when all is at work to one when it still is.
fn window(length: Duration, hashes: &AtomicU64) -> Result<Rate> {
    let look = || Ok::<_, Error>((Spent::alone()?, hashes.load(Ordering::Relaxed)));
    thread::sleep(LEAD_IN);
    let (begun, before) = look()?;
    thread::sleep(length);
    let (ended, after) = look()?;
    Rate::new(after - before, ended.since(&begun))
}

fn hash_until(stop: &AtomicBool, hashes: &AtomicU64) -> Result<()> {
    let HashCost { memory_kib, passes, lanes } = HashCost::default();
    let params = Params::new(memory_kib, passes, lanes, Some(HASH_BYTES));
    let params = params.map_err(|error| anyhow!("{error}"))?;
    let mut memory = vec![Block::new(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; HASH_BYTES];
    while !stop.load(Ordering::Relaxed) {
        let done = argon2.hash_password_into_with_memory(
            b"a password of usual length",
            &SALT,
            &mut output,
            &mut memory,
        );
        done.map_err(|error| anyhow!("{error}")).context("a hash failed")?;
        hashes.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}
