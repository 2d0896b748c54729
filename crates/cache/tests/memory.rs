//! A million different keys take as much memory as was allowed, and no more.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use std::sync::Arc;
use std::time::Duration;

use gacp_cache::{Begun, Cache, Committed, Entry, InProcess, Key, Life, Tag, Tags};

const ALLOWED: u64 = 64 << 20;
const LIFE: Life = Life { soft: Duration::from_hours(1), hard: Duration::from_hours(1) };

/// Bytes that the process holds (proc(5), `status`).
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    1_024 * line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
}

#[tokio::test]
async fn a_million_keys_take_no_more_than_is_allowed() {
    let cache = InProcess::of_bytes(ALLOWED);
    let before = resident();

    for id in 0..1_000_000_u64 {
        let bytes = u128::from(id).to_be_bytes();
        let (key, tags) = (Key::from_bytes(bytes), Tags::of([Tag::from_bytes(bytes)]));
        let body = vec![b'x'; 200];
        let entry = Arc::new(Entry::new(200, "text/plain", "\"1\"", body).unwrap());
        let Begun::Leased { fill, .. } = cache.begin_fill(&key, &tags).await.unwrap() else {
            panic!("nobody else is here")
        };
        assert_eq!(cache.commit(fill, entry, LIFE).await.unwrap(), Committed::Stored);
    }

    let taken = resident().saturating_sub(before);
    let (entries, tags) = cache.len();
    assert!(cache.bytes() <= ALLOWED, "{}", cache.bytes());
    assert!(taken < ALLOWED * 5 / 4, "{taken} bytes for {entries} entries and {tags} tags");
    assert!(entries > 50_000, "{entries}: what is allowed is used");
}
