//! Replies that the server keeps: quick, and never what a write has made wrong.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

use crate::app::{PASSWORD, TestApp, User};
use crate::place::keeping;
use crate::reply::{Reply, refused};

const PROFILE: &str = "/api/auth/profile";

/// Whether a reply was kept, and for how long it has been.
fn is_kept(reply: &Reply) -> bool {
    let status = reply.header("cache-status");
    assert!(status.starts_with("gacp; "), "{status}");
    let is_kept = status.starts_with("gacp; hit");
    assert_eq!(is_kept, !reply.header("age").is_empty(), "{status}");
    is_kept
}

/// So many replies may be made anew: a database that is watched tells of what was written before
/// a moment later.
const ECHOES: usize = 100;

/// Reads twice: the second reply is the first one.
async fn read_twice(user: &User, path: &str) -> Reply {
    let mut first = user.get(path).await.expect(200);
    for _ in 0..ECHOES {
        let second = user.get(path).await.expect(200);
        if is_kept(&second) {
            assert_same(&second, &first, path);
            return second;
        }
        first = second;
    }
    panic!("{path} is never kept");
}

fn assert_same(second: &Reply, first: &Reply, path: &str) {
    assert_eq!(second.body, first.body, "{path}");
    for name in ["etag", "content-type", "cache-control", "vary", "link"] {
        assert_eq!(second.header(name), first.header(name), "{path}: {name}");
    }
}

#[tokio::test]
async fn what_is_read_again_is_kept() {
    let app = TestApp::start_with(keeping).await;
    let cast = app.cast().await;
    let number = cast.certified().await;
    let farm = cast.farmer.get("/api/farms").await.expect(200).text("/0/id");
    let application = cast.farmer.get("/api/certifications").await.expect(200).text("/0/id");

    for path in [
        PROFILE.to_owned(),
        format!("/api/farms/{farm}"),
        format!("/api/certifications/{application}"),
        "/api/certifications?limit=1".to_owned(),
        "/api/standards".to_owned(),
        format!("/api/certificates/{number}/verify"),
    ] {
        let kept = read_twice(&cast.farmer, &path).await;
        let known = cast.farmer.request(Method::GET, &path).header("If-None-Match", kept.etag());
        let known = cast.farmer.send(known).await;
        assert_eq!((known.status, known.body.as_str(), is_kept(&known)), (304, "", true));
    }
}

#[tokio::test]
async fn that_something_is_not_there_is_kept_and_said() {
    let app = TestApp::start_with(keeping).await;
    let farmer = app.cast().await.farmer;

    let mut replies = Vec::new();
    for _ in 0..ECHOES {
        let reply = farmer.get("/api/farms/01890a5d-ac96-774b-bcce-b302099a8057").await;
        assert_eq!(reply.refusal(), refused(404, "not-found"));
        replies.push(reply);
        if replies.last().is_some_and(is_kept) {
            break;
        }
    }

    assert!(!is_kept(&replies[0]) && is_kept(replies.last().unwrap()));
    let id = |reply: &Reply| reply.header("x-request-id").to_owned();
    assert_ne!(id(&replies[0]), id(replies.last().unwrap()), "each is told by its own request");
}

#[tokio::test]
async fn a_write_is_seen_by_the_next_read() {
    let app = TestApp::start_with(keeping).await;
    let farmer = app.farmer("สมหญิง").await;
    let mut number = 0;

    for _ in 0..20 {
        read_twice(&farmer, PROFILE).await;
        number += 1;
        let name = format!("สมหญิง ที่ {number}");
        farmer.patch(PROFILE, &json!({"fullName": name})).await.expect(200);
        assert_eq!(farmer.get(PROFILE).await.expect(200).text("/fullName"), name);
    }
}

#[tokio::test]
async fn a_login_shows_in_the_profile_at_once() {
    let app = TestApp::start_with(keeping).await;
    let farmer = app.farmer("สมชาย").await;
    let before = read_twice(&farmer, PROFILE).await;
    app.clock.advance(SignedDuration::from_secs(60));

    farmer.log_in(&json!({"email": farmer.email, "password": PASSWORD})).await;

    let after = farmer.get(PROFILE).await.expect(200);
    assert_ne!(after.text("/lastLoginAt"), before.text("/lastLoginAt"));
    assert_eq!(after.etag(), before.etag());
}

#[tokio::test]
async fn nobody_is_given_what_is_somebody_elses() {
    let app = TestApp::start_with(keeping).await;
    let cast = app.cast().await;
    cast.certified().await;
    let stranger = app.farmer("คนอื่น").await;
    let farm = cast.farmer.get("/api/farms").await.expect(200).text("/0/id");
    let application = cast.farmer.get("/api/certifications").await.expect(200).text("/0/id");
    let own = [format!("/api/farms/{farm}"), format!("/api/certifications/{application}")];

    for path in &own {
        read_twice(&cast.farmer, path).await;
        assert_eq!(stranger.get(path).await.refusal(), refused(404, "not-found"), "{path}");
        assert_eq!(stranger.get(path).await.refusal(), refused(404, "not-found"), "{path}");
        assert_eq!(app.anyone().get(path).await.refusal(), refused(401, "unauthenticated"));
        cast.farmer.get(path).await.expect(200);
    }
    read_twice(&cast.farmer, PROFILE).await;
    assert_eq!(read_twice(&stranger, PROFILE).await.id(), stranger.id);
    let empty = read_twice(&stranger, "/api/certifications").await;
    assert_eq!(empty.data(""), json!([]));
    // Finance sees less of the same record.
    let path = own.last().unwrap();
    let finance = cast.finance.get(path).await.expect(200);
    assert!(finance.data("/farmId").is_null(), "{finance:?}");
    assert!(!cast.reviewer.get(path).await.expect(200).data("/farmId").is_null());
}

#[tokio::test]
async fn a_session_that_ends_has_ended_with_the_next_read() {
    let app = TestApp::start_with(keeping).await;
    let admin = app.staff("admin").await;

    let farmer = app.farmer("ออก").await;
    read_twice(&farmer, PROFILE).await;
    farmer.post("/api/auth/logout", &json!({})).await.expect(204);
    assert_eq!(farmer.get(PROFILE).await.refusal(), refused(401, "unauthenticated"));

    let farmer = app.farmer("ถูกระงับ").await;
    read_twice(&farmer, PROFILE).await;
    let user = format!("/api/admin/users/{}", farmer.id);
    admin.patch(&user, &json!({"status": "disabled"})).await.expect(200);
    assert_eq!(farmer.get(PROFILE).await.refusal(), refused(401, "unauthenticated"));

    let staff = app.another("REVIEWER").await;
    read_twice(&staff, PROFILE).await;
    let user = format!("/api/admin/users/{}", staff.id);
    admin.patch(&user, &json!({"role": "FINANCE"})).await.expect(200);
    assert_eq!(staff.get(PROFILE).await.expect(200).text("/role"), "FINANCE");
    assert_eq!(staff.get("/api/admin/users?role=INSPECTOR").await.status, 403);
}

#[tokio::test]
async fn a_revocation_is_seen_by_the_next_of_those_who_verify_all_the_time() {
    let app = TestApp::start_with(keeping).await;
    let cast = app.cast().await;
    let number = cast.certified().await;
    let (path, verify) =
        (format!("/api/certificates/{number}"), format!("/api/certificates/{number}/verify"));
    let verifying = {
        let (anyone, verify) = (app.anyone(), verify.clone());
        tokio::spawn(async move {
            for _ in 0..200 {
                anyone.get(&verify).await.expect(200);
            }
        })
    };

    cast.approver.act(&path, "revoke", &json!({"reason": "ทดสอบ"})).await.expect(200);

    assert_eq!(app.anyone().get(&verify).await.expect(200).text("/status"), "revoked");
    verifying.await.unwrap();
    assert_eq!(app.anyone().get(&verify).await.expect(200).text("/status"), "revoked");
}

#[tokio::test]
async fn a_list_has_what_was_opened_a_moment_ago() {
    let app = TestApp::start_with(keeping).await;
    let cast = app.cast().await;
    let list = "/api/certifications?limit=5";
    assert_eq!(read_twice(&cast.farmer, list).await.data(""), json!([]));
    assert_eq!(read_twice(&cast.reviewer, list).await.data(""), json!([]));

    cast.certified().await;

    for user in [&cast.farmer, &cast.reviewer] {
        assert_eq!(read_twice(user, list).await.data("").as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_no_key_knows_is_not_kept() {
    let app = TestApp::start_with(keeping).await;
    let cast = app.cast().await;

    for path in ["/api/certifications?overdue=false", "/api/auth/profile?fresh=1"] {
        for _ in 0..2 {
            let reply = cast.farmer.get(path).await.expect(200);
            assert_eq!(reply.header("cache-status"), "gacp; fwd=bypass", "{path}");
        }
    }
}
