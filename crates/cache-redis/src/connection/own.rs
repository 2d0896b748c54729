//! A thread's own connection: whoever asks on it is woken by nobody on another thread.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::{Arc, Weak};

use deadpool_redis::Pool;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::gathered::gathering;
use super::{Lent, PAUSE, ServerRun, State, connected};

thread_local! {
    static OWN: RefCell<Vec<Own>> = const { RefCell::new(Vec::new()) };
}

struct Own {
    of: Weak<State>,
    lent: Lent,
}

/// The thread's own connection, if it is as good as the shared one, which has this number.
pub(super) fn find(of: &Arc<State>, number: u64) -> Option<Lent> {
    let found = OWN.try_with(|all| {
        let all = all.borrow();
        let own = all.iter().find(|own| own.of.as_ptr() == Arc::as_ptr(of))?;
        (own.lent.number == number).then(|| own.lent.clone())
    });
    // A thread that is ending has none any more.
    found.ok().flatten()
}

/// Where a thread has its own connection; nowhere, once this is dropped. It stays on its thread.
struct Place {
    of: Weak<State>,
    stays: PhantomData<*const ()>,
}

impl Place {
    fn put(&self, lent: Lent) {
        self.clear();
        OWN.with_borrow_mut(|all| all.push(Own { of: Weak::clone(&self.of), lent }));
    }

    fn clear(&self) {
        // As above.
        let _cleared = OWN.try_with(|all| {
            all.borrow_mut().retain(|own| !Weak::ptr_eq(&own.of, &self.of));
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Keeps one beside each shared connection, to the same run of the same server, as long as there are
/// shared ones. It is lost with that, and not tried more often than once per pause.
#[expect(clippy::future_not_send, reason = "it is about the thread that it runs on")]
pub(super) async fn keep(of: Weak<State>, mut shared: watch::Receiver<Option<Lent>>, pool: Pool) {
    let place = Place { of, stays: PhantomData };
    while let Ok(Some((number, run))) =
        shared.wait_for(Option::is_some).await.map(|it| named(it.as_ref()))
    {
        let tried = Instant::now();
        match connected(&pool).await {
            Ok((connection, server)) if server == run => {
                let (gathering, gathered) = gathering();
                let asking = gathered.ask_all(connection.clone());
                place.put(Lent { number, connection, server, gathering: Some(gathering) });
                let is_another =
                    |now: &Option<Lent>| now.as_ref().is_none_or(|now| now.number != number);
                let ended = tokio::select! {
                    biased;
                    ended = shared.wait_for(is_another) => ended.is_err(),
                    () = asking => false,
                };
                place.clear();
                if ended {
                    return;
                }
            }
            // The shared one shows whether Redis is out.
            Ok(_) | Err(_) => {}
        }
        sleep_until(tried + PAUSE).await;
    }
}

/// Which connection it is, and where it leads: the connection itself is not to be held on to.
fn named(shared: Option<&Lent>) -> Option<(u64, Option<ServerRun>)> {
    shared.map(|lent| (lent.number, lent.server.clone()))
}
