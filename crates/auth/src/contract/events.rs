//! What every [`EventStore`](crate::EventStore) must do.

use gacp_store::{AccountId, PageRequest};
use jiff::SignedDuration;

use super::sample::{self, later, now};
use super::{AuthFixture, open, opened};
use crate::{EVENT_RETENTION, EventFilter, SecurityEvent, SecurityEventKind};

const ALL: EventFilter = EventFilter { account: None, logins: false };

async fn append(fixture: &AuthFixture, events: &[SecurityEvent]) {
    for event in events {
        fixture.events.append(event).await.unwrap();
    }
}

async fn listed(fixture: &AuthFixture, filter: &EventFilter) -> Vec<SecurityEvent> {
    fixture.events.events(filter, &PageRequest::first(100)).await.unwrap().items
}

/// Every field comes back; what was not given stays absent.
pub async fn an_event_is_kept_whole(fixture: AuthFixture) {
    let (account, session) = opened(&fixture, 1).await;
    let full = sample::login(&sample::session(&account, 1));
    let bare = sample::event(SecurityEventKind::LoginUnknownAccount, None, 2);
    append(&fixture, &[full.clone(), bare.clone()]).await;

    let events = listed(&fixture, &ALL).await;

    assert_eq!(events.first(), Some(&bare));
    assert_eq!(events.get(1), Some(&full));
    assert_eq!(events.get(2).and_then(|login| login.session), Some(session.id));
}

/// Pages follow one another newest first, with nothing lost or shown twice, of all events and of
/// one account.
pub async fn a_list_of_events_goes_on_where_the_last_page_ended(fixture: AuthFixture) {
    let account = AccountId::at(now());
    let events: Vec<_> = (0..7)
        .map(|second| sample::event(SecurityEventKind::LoginLocked, Some(account), second))
        .collect();
    append(&fixture, &events).await;

    for filter in [ALL, EventFilter { account: Some(account), ..ALL }] {
        let mut request = PageRequest::first(3);
        let mut seen = Vec::new();
        loop {
            let page = fixture.events.events(&filter, &request).await.unwrap();
            seen.extend(page.items);
            let Some(next) = page.next else { break };
            request = request.after(next);
        }
        let newest_first: Vec<_> = events.iter().rev().cloned().collect();
        assert_eq!(seen, newest_first);
    }
}

/// Of one account, of logins, of both; an event without an account belongs to nobody.
pub async fn a_list_of_events_holds_what_its_filter_admits(fixture: AuthFixture) {
    let (one, other) = (AccountId::at(now()), AccountId::at(now()));
    let mut events = Vec::new();
    for (kind, second) in SecurityEventKind::ALL.into_iter().zip(0..) {
        events.extend([one, other].map(|account| sample::event(kind, Some(account), second)));
        events.push(sample::event(kind, None, second));
    }
    append(&fixture, &events).await;

    for account in [None, Some(one), Some(other)] {
        for logins in [false, true] {
            let filter = EventFilter { account, logins };
            let mut expected: Vec<_> =
                events.iter().filter(|event| filter.admits(event)).cloned().collect();
            expected.sort_by_key(|event| std::cmp::Reverse(event.id));
            assert_eq!(listed(&fixture, &filter).await, expected, "{filter:?}");
        }
    }
}

/// What is older than its retention goes, and nothing else; pruning counts what it removes.
pub async fn old_events_are_forgotten(fixture: AuthFixture) {
    let (account, _) = opened(&fixture, 1).await;
    open(&fixture, &sample::session(&account, 60)).await.unwrap();
    let end = later(60) + EVENT_RETENTION;

    let early = fixture.events.prune(now() + EVENT_RETENTION).await.unwrap();
    let at_the_end = fixture.events.prune(end - SignedDuration::from_secs(1)).await.unwrap();
    let kept = listed(&fixture, &ALL).await;
    let late = fixture.events.prune(end + SignedDuration::from_secs(1)).await.unwrap();

    assert_eq!((early, at_the_end, kept.len(), late), (0, 1, 1, 1));
    assert_eq!(listed(&fixture, &ALL).await, []);
}
