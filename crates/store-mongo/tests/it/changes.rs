use std::time::Duration;

use gacp_auth::AccountStore;
use gacp_auth::contract::sample as accounts;
use gacp_farms::FarmStore;
use gacp_farms::contract::sample as farms;
use gacp_store_mongo::{Changed, Mongo, Watcher};
use mongodb::bson::doc;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::time::{sleep, timeout};

use crate::faulty::Faulty;
use crate::scratch::Scratch;

/// What is heard, one after the other.
struct Heard {
    changes: UnboundedReceiver<Changed>,
    _watcher: Watcher,
}

impl Heard {
    /// Watches from now on.
    async fn of(store: &Mongo) -> Self {
        let (tell, changes) = mpsc::unbounded_channel();
        let watcher = store.watch(move |changed| {
            let _ = tell.send(changed);
            std::future::ready(())
        });
        let mut heard = Self { changes, _watcher: watcher };
        assert_eq!(heard.next().await, Changed::Anything, "what was before is not known");
        heard
    }

    /// The next that is another one, if there is one within a moment.
    async fn next_but(&mut self, known: Changed) -> Option<Changed> {
        loop {
            match timeout(Duration::from_secs(2), self.changes.recv()).await {
                Ok(Some(changed)) if changed == known => {}
                Ok(changed) => return changed,
                Err(_elapsed) => return None,
            }
        }
    }

    async fn next(&mut self) -> Changed {
        timeout(Duration::from_secs(10), self.changes.recv()).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_write_is_heard_with_whose_it_is() {
    let store = Scratch::new().await.store;
    let mut heard = Heard::of(&store).await;

    let account = accounts::farmer(1);
    store.create(&account, &accounts::change(&account, "registered")).await.unwrap();
    let farm = farms::farm_with_plots(farms::owner(), "บ้านสวน");
    store.insert(&farm, &farms::change(&farm, "registered")).await.unwrap();
    let next = farm.clone().with_plot(
        farms::plot("แปลง", gacp_farms::Crop::Ginger, farms::square(101.5, 12.0, 0.001)),
        farms::at(1),
    );
    let next = next.unwrap();
    FarmStore::replace(&store, &next, &farms::change(&next, "added")).await.unwrap();

    assert_eq!(heard.next().await, Changed::Account(account.id()));
    for _ in 0..2 {
        assert_eq!(heard.next().await, Changed::Farm(farm.id(), farm.owner()));
    }
}

#[tokio::test]
async fn an_interruption_loses_nothing() {
    let faulty = Faulty::new().await;
    let mut heard = Heard::of(&faulty.store).await;
    // No error after which the driver goes on by itself.
    faulty.fail(1, doc! { "failCommands": ["getMore"], "errorCode": 280 }).await;
    // What is under way ends within a second, the next fails, and then there is a pause.
    sleep(Duration::from_millis(1_300)).await;

    let (farm, outcome) = faulty.insert().await;
    outcome.unwrap();

    assert_eq!(heard.next().await, Changed::Farm(farm.id(), farm.owner()));
    faulty.heal().await;
}

#[tokio::test]
async fn what_cannot_be_caught_up_with_may_be_anything() {
    let faulty = Faulty::new().await;
    let mut heard = Heard::of(&faulty.store).await;
    // The history that would be needed is gone: interrupted, and not let back in.
    let lost = doc! { "failCommands": ["getMore", "aggregate"], "errorCode": 286 };
    faulty.fail(2, lost).await;

    assert_eq!(heard.next().await, Changed::Anything);
    faulty.heal().await;
}

#[tokio::test]
async fn a_database_that_was_dropped_is_watched_all_the_same() {
    let scratch = Scratch::new().await;
    let mut heard = Heard::of(&scratch.store).await;

    scratch.database.drop().await.unwrap();
    // What is told of that, and then a beginning.
    assert_eq!(heard.next().await, Changed::Anything);
    assert_eq!(heard.next_but(Changed::Anything).await, None, "there is nothing else");
    let farm = farms::farm_with_plots(farms::owner(), "บ้านสวน");
    scratch.store.insert(&farm, &farms::change(&farm, "registered")).await.unwrap();

    let next = heard.next_but(Changed::Anything).await;
    assert_eq!(next, Some(Changed::Farm(farm.id(), farm.owner())));
}
