//! Signals to processes that a task has started.

use anyhow::{Context, Result};
pub(crate) use rustix::process::Signal;
use rustix::process::{Pid, kill_process, kill_process_group};

/// Sends a signal to the process of this id.
pub(crate) fn send(pid: u32, signal: Signal) -> Result<()> {
    Ok(kill_process(known(pid)?, signal)?)
}

/// Sends a signal to all that is left of the group of processes that this one leads.
pub(crate) fn send_to_group(leader: u32, signal: Signal) -> Result<()> {
    Ok(kill_process_group(known(leader)?, signal)?)
}

fn known(pid: u32) -> Result<Pid> {
    Pid::from_raw(i32::try_from(pid)?).context("0 is no process")
}
