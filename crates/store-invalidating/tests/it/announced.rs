//! What each write makes wrong.

use std::sync::Arc;
use std::time::Duration;

use gacp_auth::contract::sample as accounts;
use gacp_auth::{AccountStore, Ending, RevocationReason, SessionStore};
use gacp_cache::{Cache as _, InProcess, Invalidated, Tag, Tags, Writes};
use gacp_certifications::contract::sample as applications;
use gacp_certifications::{ApplicationStore, CertificateStore, FarmClaim, FeeKind};
use gacp_farms::FarmStore;
use gacp_farms::contract::sample as farms;
use gacp_store::{Change, StoreError};
use gacp_store_invalidating::{Invalidating, tags};
use gacp_store_sqlite::Sqlite;
use tokio::time::timeout;

use crate::contract::sqlite;

struct Scene {
    store: Invalidating<Sqlite>,
    cache: Arc<InProcess>,
}

impl Scene {
    fn set() -> Self {
        let cache = Arc::new(InProcess::of_bytes(1 << 20));
        let writes = Writes::new(cache.clone(), Arc::new(()), Duration::from_mins(1));
        Self { store: Invalidating::new(Arc::new(sqlite()), writes), cache }
    }

    /// What a write is announced to make wrong, whether it succeeds or not.
    async fn wrong<T>(&self, write: impl Future<Output = Result<T, StoreError>>) -> Tags {
        let mut announced = self.cache.subscribe();
        let _outcome = write.await;
        let next = timeout(Duration::from_secs(5), announced.next()).await;
        match next.unwrap().unwrap() {
            Invalidated::Tags(tags) => tags,
            Invalidated::Unknown => Tags::everything(),
        }
    }
}

/// The tags of one, in any order.
fn only<const N: usize>(tags: [Tag; N]) -> Tags {
    Tags::of(tags)
}

#[tokio::test]
async fn accounts_and_sessions() {
    let scene = Scene::set();
    let account = accounts::farmer(1);
    let session = accounts::session(&account, 0);
    let own = only([tags::account(account.id())]);
    let change = Change::default();
    let ending = Ending { except: None, reason: RevocationReason::EndedElsewhere };
    let at = accounts::now();
    let store = &scene.store;

    assert_eq!(scene.wrong(store.create(&account, &change)).await, own);
    assert_eq!(scene.wrong(AccountStore::replace(store, &account, &change)).await, own);
    assert_eq!(scene.wrong(store.replace_and_end(&account, &ending, &change)).await, own);
    let login = accounts::login(&session);
    assert_eq!(scene.wrong(SessionStore::open(store, &session, &login)).await, own);
    let everywhere = store.revoke_all(account.id(), None, ending.reason, at);
    assert_eq!(scene.wrong(everywhere).await, own);
    let one = scene.wrong(store.revoke(session.id, ending.reason, at)).await;
    assert_eq!(one, only([tags::session(session.id)]));
}

#[tokio::test]
async fn farms_applications_and_certificates() {
    let scene = Scene::set();
    let (store, change) = (&scene.store, Change::default());
    let farm = farms::farm_with_plots(farms::owner(), "บ้านสวน");
    let application = applications::application(&farm, 1);
    let owner = farm.owner();
    let of_farm = [tags::farm(farm.id()), tags::farms_of(owner), tags::farms()];
    let of_application =
        [tags::application(application.id()), tags::applications_of(owner), tags::applications()];
    let [one, own, all] = of_application;
    let [this_farm, own_farms, all_farms] = of_farm;

    assert_eq!(scene.wrong(store.insert(&farm, &change)).await, only(of_farm));
    assert_eq!(scene.wrong(FarmStore::replace(store, &farm, &change)).await, only(of_farm));
    let claim = FarmClaim { id: farm.id(), revision: farm.revision() };
    let opened = scene.wrong(ApplicationStore::open(store, &application, &claim, &change)).await;
    assert_eq!(opened, only([one, own, all, this_farm, own_farms, all_farms]));
    let replaced = scene.wrong(ApplicationStore::replace(store, &application, &change)).await;
    assert_eq!(replaced, only(of_application));
    let payment = applications::payment(&application, FeeKind::DocumentReview, 500_000, "g-1");
    let paid = scene.wrong(store.record_payment(&application, &payment, &change)).await;
    assert_eq!(paid, only(of_application));
    let certificate = applications::certificate(&application, accounts::now());
    let number = tags::certificate(&certificate.number());
    let issued = scene.wrong(store.issue(&application, &certificate, &change)).await;
    assert_eq!(issued, only([one, own, all, number]));
    let revoked = scene.wrong(CertificateStore::replace(store, &certificate, &change)).await;
    assert_eq!(revoked, only([number]));
}
