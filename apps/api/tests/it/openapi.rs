//! The description of the API is made from the routes and says all of them.

use serde_json::Value;

use crate::app::TestApp;

async fn document() -> Value {
    let app = TestApp::start().await;
    app.anyone().get("/api/openapi.json").await.expect(200).json()
}

#[tokio::test]
async fn the_description_is_the_committed_one() {
    insta::assert_json_snapshot!(document().await);
}

#[tokio::test]
async fn every_route_is_described_and_every_description_is_a_route() {
    let document = document().await;
    let paths = document["paths"].as_object().unwrap();
    let methods = ["get", "put", "post", "delete", "patch"];
    let mut described: Vec<(String, String)> = paths
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().unwrap();
            let operations = item.keys().filter(|key| methods.contains(&key.as_str()));
            operations.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
        })
        .collect();
    described.sort();

    let mut routed = gacp_api::routed();
    routed.sort();

    assert_eq!(described, routed);
}

#[tokio::test]
async fn every_operation_describes_its_problems() {
    let document = document().await;
    let paths = document["paths"].as_object().unwrap();

    for (path, item) in paths.iter().filter(|(path, _)| path.starts_with("/api/")) {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            let problem = responses.iter().find(|(status, _)| status.starts_with(['4', '5']));
            let (_, response) = problem.unwrap_or_else(|| panic!("{method} {path}"));
            assert!(response["content"]["application/problem+json"].is_object(), "{method} {path}");
            assert!(operation["operationId"].is_string(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn it_says_which_version_of_openapi_it_is() {
    assert!(document().await["openapi"].as_str().unwrap().starts_with("3.1"));
}
