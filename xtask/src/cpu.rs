//! Processor time: of a process, of this one, and of the whole machine.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The kernel counts in hundredths of a second (`USER_HZ`, a part of Linux's interface).
const TICK: Duration = Duration::from_millis(10);

/// Where a process's line has the ticks spent in its own code, counted behind the name; those
/// spent in the kernel for it follow (`proc_pid_stat(5)`, fields 14 and 15).
const USER_TICKS: usize = 11;

/// What was spent up to a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    at: Instant,
    worker: Duration,
    client: Duration,
    machine: Duration,
}

/// What was spent between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The time that passed.
    pub(crate) elapsed: Duration,
    /// Processor time of the process that does the work.
    pub(crate) worker: Duration,
    /// Processor time of the process that asks for it, where that is another.
    pub(crate) client: Duration,
    /// Processor time of everybody on the machine.
    pub(crate) machine: Duration,
}

impl Spent {
    /// What this task has spent until now that does the work itself.
    pub(crate) fn alone() -> Result<Self> {
        Self::until_now(of_process("self")?, Duration::ZERO)
    }

    /// What a server, and this task that is its client, have spent until now.
    pub(crate) fn with(server: u32) -> Result<Self> {
        Self::until_now(of_process(&server.to_string())?, of_process("self")?)
    }

    fn until_now(worker: Duration, client: Duration) -> Result<Self> {
        Ok(Self { at: Instant::now(), worker, client, machine: of_machine()? })
    }

    /// What was spent since then.
    pub(crate) fn since(&self, earlier: &Self) -> Usage {
        Usage {
            elapsed: self.at - earlier.at,
            worker: self.worker.saturating_sub(earlier.worker),
            client: self.client.saturating_sub(earlier.client),
            machine: self.machine.saturating_sub(earlier.machine),
        }
    }
}

fn of_process(pid: &str) -> Result<Duration> {
    let file = format!("/proc/{pid}/stat");
    let line = fs::read_to_string(&file).with_context(|| format!("{file} cannot be read"))?;
    process_ticks(&line).map(spent).with_context(|| format!("{file} does not say its time"))
}

/// The name before the bracket may contain anything, brackets and spaces too.
fn process_ticks(line: &str) -> Option<u32> {
    let (_, fields) = line.rsplit_once(") ")?;
    let mut fields = fields.split(' ').skip(USER_TICKS);
    let (user, system): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

fn of_machine() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    let line = stat.lines().next().unwrap_or_default();
    machine_ticks(line).map(spent).context("/proc/stat does not say the machine's time")
}

/// All but the fourth and the fifth: idle, and idle until a disk answers. Guests, from the ninth
/// on, are counted among the first two already.
fn machine_ticks(line: &str) -> Option<u32> {
    let fields = line.strip_prefix("cpu")?.split_whitespace().take(8);
    let ticks: Vec<u32> = fields.map(str::parse).collect::<Result<_, _>>().ok()?;
    let [user, nice, system, _idle, _waiting, interrupts, soft, stolen] = ticks.try_into().ok()?;
    Some(user + nice + system + interrupts + soft + stolen)
}

fn spent(ticks: u32) -> Duration {
    TICK * ticks
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Spent, machine_ticks, process_ticks};

    #[test]
    fn a_process_may_have_any_name() {
        let line = "123 (a) b (c) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0 3 0 77";

        assert_eq!(process_ticks(line), Some(175));
    }

    #[test]
    fn idle_time_of_the_machine_does_not_count() {
        assert_eq!(machine_ticks("cpu  100 20 30 4000 500 6 7 8 90 0"), Some(171));
        assert_eq!(machine_ticks("cpu0 100 20"), None);
    }

    #[test]
    fn work_is_seen() {
        let before = Spent::alone().unwrap();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(100) {
            std::hint::spin_loop();
        }

        let usage = Spent::alone().unwrap().since(&before);

        assert!(usage.elapsed >= Duration::from_millis(100));
        assert_eq!(usage.client, Duration::ZERO);
        // Others may have had the processor meanwhile.
        let some = Duration::from_millis(10);
        assert!(usage.worker >= some && usage.machine >= some, "{usage:?}");
    }
}
