//! What operators do with the program beside serving, on the store of a server that runs.

use std::io::Write as _;
use std::process::{Output, Stdio};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::app::{PASSWORD, registration};
use crate::journey::{farm_body, plot_body};
use crate::place::Place;
use crate::process::{Server, command};

const ADMIN: [&str; 6] = ["admin", "create", "--email", "arunee@staff.example", "--role", "ADMIN"];

/// Runs a command with this on its standard input.
fn run(place: &Place, arguments: &[&str], input: &str) -> Output {
    let mut command = command(place);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    // Who refuses its arguments ends without reading.
    let _unread = process.stdin.take().unwrap().write_all(input.as_bytes());
    process.wait_with_output().unwrap()
}

fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn get(base: &str, path: &str, token: &str) -> (StatusCode, Value) {
    let request = Client::new().get(format!("{base}{path}")).bearer_auth(token);
    let reply = request.send().await.unwrap();
    (reply.status(), reply.json().await.unwrap())
}

async fn log_in(base: &str, email: &str) -> String {
    let body = json!({"email": email, "password": PASSWORD});
    let request = Client::new().post(format!("{base}/api/auth/login")).json(&body);
    let reply: Value = request.send().await.unwrap().json().await.unwrap();
    reply["data"]["tokens"]["accessToken"].as_str().unwrap().to_owned()
}

async fn published(base: &str) -> Vec<String> {
    let (_, set) = get(base, "/.well-known/jwks.json", "").await;
    let keys = set["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// The name of the key that signed a token.
fn signed_by(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[tokio::test]
async fn keys_are_rotated_beside_a_server_that_runs() {
    let place = Place::new();
    let server = Server::start(&place);
    let farmer = registration("สมชาย ใจดี");
    let register = Client::new().post(format!("{}/api/auth/register", server.base)).json(&farmer);
    assert_eq!(register.send().await.unwrap().status(), 201);
    let email = farmer["email"].as_str().unwrap();
    let token = log_in(&server.base, email).await;
    let [present] = published(&server.base).await.try_into().unwrap();

    let told = succeeded(run(&place, &["auth", "rotate-keys"], ""));
    let again = succeeded(run(&place, &["auth", "rotate-keys"], ""));

    let next = told.split_whitespace().nth(2).unwrap();
    assert!(told.contains("made, signs from 20") && told.contains(&present), "{told}");
    assert!(again.contains(next) && again.contains("waits already"), "{again}");
    let (status, _) = get(&server.base, "/api/auth/profile", &token).await;
    assert_eq!(status, 200);
    drop(server);
    // Another server reads the keys when it starts; one that runs, within a minute.
    let server = Server::start(&place);
    assert_eq!(published(&server.base).await, [present.as_str(), next]);
    assert_eq!(get(&server.base, "/api/auth/profile", &token).await.0, 200);
    assert_eq!(signed_by(&log_in(&server.base, email).await), present);
}

#[test]
fn keys_are_not_rotated_where_no_server_was() {
    let place = Place::new();

    let said = refused(&run(&place, &["auth", "rotate-keys"], ""));

    assert!(said.contains("no server has used this store yet"), "{said}");
}

#[tokio::test]
async fn the_first_administrator_is_made_on_the_command_line_and_logs_in() {
    let place = Place::new();

    let told = succeeded(run(&place, &ADMIN, &format!("{PASSWORD}\n")));

    assert!(told.contains("ADMIN arunee@staff.example") && !told.contains(PASSWORD), "{told}");
    let server = Server::start(&place);
    let token = log_in(&server.base, "arunee@staff.example").await;
    let (status, accounts) = get(&server.base, "/api/admin/users", &token).await;
    assert_eq!((status.as_u16(), accounts["data"][0]["role"].as_str()), (200, Some("ADMIN")));
    // The server runs, and the address has an account.
    let said = refused(&run(&place, &ADMIN, &format!("{PASSWORD}\n")));
    assert!(said.contains("arunee@staff.example has an account already"), "{said}");
    let reviewer = ["admin", "create", "--email", "malee@staff.example", "--role", "REVIEWER"];
    succeeded(run(&place, &reviewer, &format!("{PASSWORD}\r\n")));
    log_in(&server.base, "malee@staff.example").await;
}

#[test]
fn an_administrator_with_a_poor_password_is_not_made() {
    let place = Place::new();
    for (input, complaint) in [
        ("", "no password on standard input"),
        ("\n", "no password on standard input"),
        ("short\n", "fewer than 12 characters"),
        (&format!("{}\n", "ก".repeat(129)), "more than 128 characters"),
        ("password1234\n", "a common one"),
        ("arunee-arunee-arunee\n", "what stands before the @"),
    ] {
        let said = refused(&run(&place, &ADMIN, input));

        assert!(said.contains(complaint), "{input:?}: {said}");
        let typed = input.trim();
        assert!(typed.is_empty() || !said.contains(typed), "{said}");
    }
}

#[test]
fn a_role_that_is_none_of_staff_and_an_address_that_is_none_are_refused() {
    let place = Place::new();
    let create = |email, role| {
        let arguments = ["admin", "create", "--email", email, "--role", role];
        run(&place, &arguments, &format!("{PASSWORD}\n"))
    };

    let farmer = refused(&create("arunee@staff.example", "FARMER"));
    let nowhere = refused(&create("arunee", "ADMIN"));

    assert!(farmer.contains("ADMIN") && farmer.contains("REVIEWER"), "{farmer}");
    assert!(nowhere.contains("--email is no e-mail address"), "{nowhere}");
}

/// A line of which a person is made, with what is his.
fn person(name: &str) -> Value {
    let scope =
        json!({"crops": ["turmeric"], "partsUsed": ["rhizome"], "activities": ["cultivation"]});
    json!({
        "registration": registration(name),
        "farm": farm_body(name),
        "plot": plot_body("แปลงเหนือ", 0.0),
        "application": {
            "standard": "thai-gacp", "requestType": "new", "purpose": "domestic", "scope": scope,
        },
    })
}

#[tokio::test]
async fn people_of_a_crowd_log_in_and_own_what_was_made_for_them() {
    let place = Place::new();
    let server = Server::start(&place);
    let people = ["สมชาย ใจดี", "มาลี ศรีสุข", "บุญมี ทองคำ"].map(person);
    let lines: String = people.iter().map(|person| person.to_string() + "\n").collect();

    let told = succeeded(run(&place, &["crowd"], &lines));
    let again = succeeded(run(&place, &["crowd"], &lines));

    assert!(told.contains("3 new, 0 were there already"), "{told}");
    assert!(again.contains("0 new, 3 were there already"), "{again}");
    for person in people {
        let token = log_in(&server.base, person["registration"]["email"].as_str().unwrap()).await;
        let (_, farms) = get(&server.base, "/api/farms", &token).await;
        let (_, applications) = get(&server.base, "/api/certifications", &token).await;
        assert_eq!(farms["data"][0]["status"], "approved", "{farms}");
        assert_eq!(farms["data"][0]["name"], person["farm"]["name"]);
        assert_eq!(applications["data"][0]["status"], "draft", "{applications}");
    }
}

#[tokio::test]
async fn a_crowd_that_was_interrupted_is_completed() {
    let place = Place::new();
    let server = Server::start(&place);
    let [registered, farming, resting] = ["สมชาย ใจดี", "มาลี ศรีสุข", "บุญมี ทองคำ"].map(person);
    let register = Client::new().post(format!("{}/api/auth/register", server.base));
    let reply = register.json(&registered["registration"]).send().await.unwrap();
    assert_eq!(reply.status(), 201);
    let not_applying = [&farming, &resting].map(|person| {
        let mut person = person.clone();
        person["application"] = Value::Null;
        person.to_string() + "\n"
    });
    succeeded(run(&place, &["crowd"], &not_applying.concat()));

    let told = succeeded(run(&place, &["crowd"], &format!("{registered}\n{farming}\n")));

    assert!(told.contains("0 new, 2 were there already"), "{told}");
    for (person, applications) in [(registered, 1), (farming, 1), (resting, 0)] {
        let email = person["registration"]["email"].as_str().unwrap();
        let token = log_in(&server.base, email).await;
        for (path, count) in [("/api/farms", 1), ("/api/certifications", applications)] {
            let (_, list) = get(&server.base, path, &token).await;
            assert_eq!(list["data"].as_array().unwrap().len(), count, "{path}: {list}");
        }
    }
}

#[test]
fn a_crowd_keeps_every_rule_and_is_made_on_loopback_alone() {
    let place = Place::new();
    drop(Server::start(&place));
    let mut poor = person("สมชาย ใจดี");
    poor["registration"]["nationalId"] = json!("1234567890123");

    let said = run(&place, &["crowd"], &poor.to_string());
    assert!(
        !said.status.success() && !String::from_utf8_lossy(&said.stderr).contains("1234567890123")
    );

    let mut command = command(&place);
    command.arg("crowd").env("GACP_LISTEN", "0.0.0.0:0").stdin(Stdio::null());
    command.env("GACP_RATE_LIMIT__ENABLED", "true");
    let key = "tvjCuSK2h8/yuikExHfRWtNd7okXCwjyUSO4atoAsYA=";
    let said = command.env("GACP_SECRETS__MASTER_KEY", key).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr);
    assert!(said.contains("only for a server on loopback"), "{said}");
}
