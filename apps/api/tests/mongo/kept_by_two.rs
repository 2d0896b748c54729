//! Two servers on one store and one Redis: what is written through one is read from the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use gacp_api::config::Store;
use gacp_api::{Config, Running};
use gacp_certifications::contract::CertificationFixture;
use gacp_store_mongo::Mongo;
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::app::{TestApp, User};
use crate::place::keeping;
use crate::reply::Reply;

/// How often a certificate is revoked between two verifications; `REVOCATIONS` says another number.
const REVOCATIONS: u32 = 15;

const PROFILE: &str = "/api/auth/profile";

struct Two {
    app: TestApp,
    other: Running,
}

impl Two {
    async fn start() -> Self {
        let app = TestApp::start_with(keeping).await;
        let other = gacp_api::start(&app.config, app.clock.clone()).await.unwrap();
        Self { app, other }
    }

    /// The same person, who asks the other server.
    fn there(&self, user: &User) -> User {
        User { base: format!("http://{}", self.other.address()), ..user.clone() }
    }

    /// Of how many writes they could not tell each other: Redis did not answer within its 50 ms, as
    /// on a machine that has no time for it. It is left to the change stream then.
    async fn untold(&self) -> u64 {
        let events = ["doubt_not_set", "not_invalidated"];
        let is_one = |line: &&str| {
            line.starts_with("cache_events_total{")
                && events.iter().any(|event| line.contains(event))
        };
        let metrics = format!("http://{}/metrics", self.other.metrics_address().unwrap());
        let other = reqwest::get(metrics).await.unwrap().text().await.unwrap();
        let both = self.app.scraped().await + &other;
        let counts = both.lines().filter(is_one).map(|line| line.rsplit_once(' ').unwrap().1);
        counts.map(|count| count.parse::<u64>().unwrap()).sum()
    }
}

fn is_kept(reply: &Reply) -> bool {
    reply.header("cache-status").starts_with("gacp; hit")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_on_one_is_read_from_the_other() {
    let two = Two::start().await;
    let here = two.app.farmer("สมหญิง").await;
    let there = two.there(&here);
    let (mut hits, mut told) = (0, 0);

    for number in 0..50 {
        for user in [&here, &there, &here, &there] {
            hits += u32::from(is_kept(&user.get(PROFILE).await.expect(200)));
        }
        let name = format!("สมหญิง ที่ {number}");
        let (writer, reader) = if number % 2 == 0 { (&here, &there) } else { (&there, &here) };
        let untold = two.untold().await;
        writer.patch(PROFILE, &json!({"fullName": name})).await.expect(200);
        let read = reader.get(PROFILE).await.expect(200).text("/fullName");
        if two.untold().await == untold {
            told += 1;
            assert_eq!(read, name);
        }
    }

    assert!(told > 25, "Redis was out of reach: {told} were told of");
    assert!(hits >= 50, "{hits} of 200 were kept");
    two.other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_redis_nothing_is_kept() {
    let app = TestApp::start().await;
    let farmer = app.farmer("สมชาย").await;

    for _ in 0..2 {
        let reply = farmer.get(PROFILE).await.expect(200);
        assert_eq!(reply.header("cache-status"), "gacp; fwd=bypass");
    }
}

/// A server that keeps nothing tells nobody what it writes: it is heard of all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_past_the_cache_is_read_within_seconds() {
    let app = TestApp::start_with(keeping).await;
    let silent = Config { redis_url: None, ..app.config.clone() };
    let silent = gacp_api::start(&silent, app.clock.clone()).await.unwrap();
    let farmer = app.farmer("สมศรี").await;
    let elsewhere = User { base: format!("http://{}", silent.address()), ..farmer.clone() };

    for number in 0..5 {
        farmer.get(PROFILE).await.expect(200);
        let name = format!("สมศรี ที่ {number}");
        elsewhere.patch(PROFILE, &json!({"fullName": name})).await.expect(200);
        let begun = Instant::now();
        while farmer.get(PROFILE).await.expect(200).text("/fullName") != name {
            assert!(begun.elapsed() < Duration::from_secs(5), "nobody was told");
            sleep(Duration::from_millis(5)).await;
        }
    }
    silent.stop().await;
}

/// Customs officers ask all the time: nobody is told that a certificate is valid after the reply
/// to its revocation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_certificate_is_never_valid_on_either() {
    let two = Two::start().await;
    let store = store(&two.app.config).await;
    let approver = two.app.staff("approver").await;
    let (here, there) = (two.app.anyone(), two.there(&two.app.anyone()));
    let mut told = 0;

    for serial in 1..=revocations() {
        let number = store.issued(serial, two.app.clock.now()).await.number();
        let path = format!("/api/certificates/{number}");
        let verify = format!("{path}/verify");
        let untold = two.untold().await;
        let revoked = Arc::new(AtomicBool::new(false));
        let officers = [&here, &there, &there].map(|server| {
            let (server, verify, revoked) = (server.clone(), verify.clone(), revoked.clone());
            tokio::spawn(async move {
                loop {
                    let was_revoked = revoked.load(Ordering::SeqCst);
                    let status = server.get(&verify).await.expect(200).text("/status");
                    if was_revoked {
                        return status;
                    }
                }
            })
        });
        sleep(Duration::from_millis(u64::from(serial % 7))).await;
        approver.act(&path, "revoke", &json!({"reason": "ทดสอบ"})).await.expect(200);
        revoked.store(true, Ordering::SeqCst);
        let mut statuses = Vec::new();
        for officer in officers {
            statuses.push(officer.await.unwrap());
        }
        if two.untold().await == untold {
            told += 1;
            assert_eq!(statuses, ["revoked"; 3], "{verify}");
        }
    }
    assert!(told * 2 > revocations(), "Redis was out of reach: {told} were told of");
    two.other.stop().await;
}

/// The store of a server, for what no client can do in a hurry.
async fn store(config: &Config) -> CertificationFixture {
    let Store::Mongo { uri, database } = &config.store else { panic!("this is about MongoDB") };
    let store = Arc::new(Mongo::connect(uri.expose(), database).await.unwrap());
    CertificationFixture {
        applications: store.clone(),
        certificates: store.clone(),
        numbers: store.clone(),
        farms: store.clone(),
        obligations: store.clone(),
        history: store.clone(),
        receipts: store,
    }
}

#[expect(clippy::disallowed_methods, reason = "the harness alone is told how much is wanted")]
fn revocations() -> u32 {
    std::env::var("REVOCATIONS").map_or(REVOCATIONS, |text| text.parse().unwrap())
}
