//! Two servers on one store: what ends on one has ended on the other with the next request.

use gacp_api::Running;
use reqwest::Method;
use serde_json::json;

use crate::app::{PASSWORD, TestApp, User};
use crate::reply::refused;
use crate::shared_limits::redis;

/// A server, and another beside it.
struct Two {
    app: TestApp,
    other: Running,
}

impl Two {
    async fn start(redis_url: Option<String>) -> Self {
        let change = |config: &mut gacp_api::Config| config.redis_url = redis_url.map(Into::into);
        let app = TestApp::start_with(change).await;
        let other = gacp_api::start(&app.config, app.clock.clone()).await.unwrap();
        Self { app, other }
    }

    /// The same person, who asks the other server.
    fn there(&self, user: &User) -> User {
        User { base: format!("http://{}", self.other.address()), ..user.clone() }
    }

    /// Somebody whom both servers have just answered.
    async fn known(&self, name: &str) -> (User, User) {
        let here = self.app.farmer(name).await;
        let there = self.there(&here);
        for server in [&here, &there] {
            server.get("/api/auth/profile").await.expect(200);
        }
        (here, there)
    }
}

async fn assert_ended(user: &User) {
    let reply = user.get("/api/auth/profile").await;
    assert_eq!(reply.refusal(), refused(401, "unauthenticated"));
}

async fn what_ends_on_one_has_ended_on_the_other(two: &Two) {
    let admin = two.app.staff("admin").await;

    let (here, there) = two.known("ออก").await;
    here.post("/api/auth/logout", &json!({})).await.expect(204);
    assert_ended(&there).await;

    let (here, there) = two.known("ทุกเครื่อง").await;
    let elsewhere = here.log_in(&json!({"email": here.email, "password": PASSWORD})).await;
    two.there(&elsewhere).get("/api/auth/profile").await.expect(200);
    there.post("/api/auth/logout-all", &json!({})).await.expect(204);
    assert_ended(&here).await;
    assert_ended(&elsewhere).await;

    let (here, there) = two.known("รหัสใหม่").await;
    let elsewhere = here.log_in(&json!({"email": here.email, "password": PASSWORD})).await;
    two.there(&elsewhere).get("/api/auth/profile").await.expect(200);
    let change = json!({"currentPassword": PASSWORD, "newPassword": "ไพลทั้งแปลง-Field-2027"});
    here.post("/api/auth/password/change", &change).await.expect(204);
    assert_ended(&two.there(&elsewhere)).await;
    there.get("/api/auth/profile").await.expect(200);

    let (here, there) = two.known("ปิด").await;
    let user = format!("/api/admin/users/{}", here.id);
    admin.patch(&user, &json!({"status": "disabled"})).await.expect(200);
    assert_ended(&there).await;
    let refresh = json!({"refreshToken": there.refresh_token});
    let refreshed = there.anybody().post("/api/auth/refresh", &refresh).await;
    assert_eq!(refreshed.refusal(), refused(401, "invalid-refresh-token"));

    let (here, there) = two.known("โดยผู้ดูแล").await;
    let sessions = format!("/api/admin/users/{}/sessions", here.id);
    admin.send(admin.request(Method::DELETE, &sessions)).await.expect(204);
    assert_ended(&there).await;
}

async fn a_changed_role_counts_on_the_other(two: &Two) {
    let admin = two.app.staff("admin").await;
    let staff = two.app.another("REVIEWER").await;
    let there = two.there(&staff);
    there.get("/api/admin/users").await.expect(403);

    let user = format!("/api/admin/users/{}", staff.id);
    admin.patch(&user, &json!({"role": "ADMIN"})).await.expect(200);
    there.get("/api/admin/users").await.expect(200);
    admin.patch(&user, &json!({"role": "FINANCE"})).await.expect(200);

    let reply = there.get("/api/admin/users").await;
    assert_eq!(reply.refusal(), refused(403, "forbidden"));
}

/// Everybody waits at one password's door, whichever server he knocks at.
async fn guesses_add_up(two: &Two) {
    let (here, there) = two.known("เดา").await;
    let guess = async |user: &User, password: &str| {
        let body = json!({"email": user.email, "password": password});
        user.anybody().post("/api/auth/login", &body).await.status
    };
    for number in 0..5 {
        let server = if number % 2 == 0 { &here } else { &there };
        assert_eq!(guess(server, "ผิดทุกครั้ง-1234").await, 401);
    }

    for server in [&here, &there] {
        assert_eq!(guess(server, PASSWORD).await, 401, "five guesses were made");
    }
}

async fn all(redis_url: Option<String>) {
    let two = Two::start(redis_url).await;
    what_ends_on_one_has_ended_on_the_other(&two).await;
    a_changed_role_counts_on_the_other(&two).await;
    guesses_add_up(&two).await;
    two.other.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_agree_on_who_is_who_without_redis() {
    all(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_agree_on_who_is_who_with_redis() {
    all(Some(redis())).await;
}
