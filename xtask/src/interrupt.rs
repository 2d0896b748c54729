//! Interrupts end a task in order, so that what it started is ended too.
//!
//! The first one is passed on to the command that runs, and the task comes to its end by the way
//! of any other failure; a second one kills the command.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Error, Result, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

/// How soon work notices an interrupt.
const LOOK: Duration = Duration::from_millis(50);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The process group of the command that runs.
static FOREGROUND: Mutex<Option<Pid>> = Mutex::new(None);

/// From now on, interrupts do not end this process.
pub(crate) fn watch() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let entered = runtime.enter();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    drop(entered);
    thread::spawn(move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                    _ = hang_up.recv() => {}
                }
                pass_on();
            }
        });
    });
    Ok(())
}

/// An error once there was an interrupt.
pub(crate) fn check() -> Result<()> {
    if INTERRUPTED.load(Ordering::SeqCst) {
        bail!("interrupted");
    }
    Ok(())
}

/// Waits for an interrupt, for work that is no command: the error that [`check`] gives.
pub(crate) async fn happens() -> Error {
    loop {
        if let Err(interrupted) = check() {
            return interrupted;
        }
        sleep(LOOK).await;
    }
}

/// Starts a command whose processes, grandchildren too, are told of interrupts.
pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    let mut foreground = FOREGROUND.lock().unwrap_or_else(PoisonError::into_inner);
    // Under the lock: an interrupt comes before the start, or finds what was started.
    check()?;
    let child = command.process_group(0).spawn()?;
    *foreground = Pid::from_raw(i32::try_from(child.id())?);
    Ok(child)
}

/// Waits for a command that [`spawn`] started.
pub(crate) fn wait(child: &mut Child) -> Result<std::process::ExitStatus> {
    let status = child.wait();
    *FOREGROUND.lock().unwrap_or_else(PoisonError::into_inner) = None;
    check()?;
    Ok(status?)
}

fn pass_on() {
    let foreground = FOREGROUND.lock().unwrap_or_else(PoisonError::into_inner);
    let first = !INTERRUPTED.swap(true, Ordering::SeqCst);
    let signal = if first { Signal::TERM } else { Signal::KILL };
    if let Some(group) = *foreground {
        // It may have ended just now.
        kill_process_group(group, signal).ok();
    }
}
