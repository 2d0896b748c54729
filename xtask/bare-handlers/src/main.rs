//! What the least costs that a reply can cost: handlers without limits, log, telemetry, errors or
//! cache, on the same framework, drivers and number of workers as the server.
//!
//! `cargo xtask bench cache` measures it beside the server. It says where it listens, and a token.
#![expect(clippy::disallowed_methods, reason = "its only settings are the services it asks")]

use std::error::Error;
use std::io::Write as _;

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Bytes, Data, Path, get};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, error};
use deadpool_redis::redis::AsyncCommands as _;
use deadpool_redis::redis::aio::MultiplexedConnection;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use mongodb::Collection;
use mongodb::bson::{Document, doc};
use serde::{Deserialize, Serialize};

/// As many bytes as the replies have that it is compared with.
const SIZE: usize = 512;

/// A static reply has as many bytes as are asked for, up to so many.
const MOST: usize = 1 << 20;

const SECRET: &[u8] = b"of a bench on a loopback address";
const KEY: &str = "bare";

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
}

struct Shop {
    body: Bytes,
    key: DecodingKey,
    validation: Validation,
    redis: MultiplexedConnection,
    documents: Collection<Document>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = deadpool_redis::redis::Client::open(std::env::var("REDIS_URL")?)?;
    let redis = client.get_multiplexed_async_connection().await?;
    let mongo = mongodb::Client::with_uri_str(std::env::var("MONGODB_URI")?).await?;
    let database = mongo.database(&std::env::var("MONGODB_DATABASE")?);
    let shop = Shop {
        body: Bytes::from(vec![b'x'; MOST]),
        key: DecodingKey::from_secret(SECRET),
        validation: Validation::new(Algorithm::HS256),
        redis,
        documents: database.collection("documents"),
    };
    shop.redis.clone().set::<_, _, ()>(KEY, "x".repeat(SIZE)).await?;
    shop.documents.insert_one(doc! { "_id": KEY, "body": "x".repeat(SIZE) }).await?;
    let shop = Data::new(shop);
    let app = move || {
        App::new()
            .app_data(shop.clone())
            .route("/static/{size}", get().to(constant))
            .route("/redis", get().to(redis_get))
            .route("/mongodb", get().to(find_one))
    };
    let server = HttpServer::new(app).bind("127.0.0.1:0")?;
    let address = server.addrs().first().copied().ok_or("it listens nowhere")?;
    writeln!(std::io::stdout(), "{address} {}", token()?)?;
    Ok(server.run().await?)
}

fn token() -> Result<String, jsonwebtoken::errors::Error> {
    let claims = Claims { sub: KEY.to_owned(), exp: 4_000_000_000 };
    encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET))
}

async fn constant(size: Path<usize>, shop: Data<Shop>) -> HttpResponse {
    HttpResponse::Ok().body(shop.body.slice(..size.into_inner().min(MOST)))
}

async fn redis_get(request: HttpRequest, shop: Data<Shop>) -> actix_web::Result<HttpResponse> {
    let claims = authenticated(&request, &shop)?;
    let body: Vec<u8> = shop.redis.clone().get(claims.sub).await.map_err(failed)?;
    Ok(HttpResponse::Ok().body(body))
}

async fn find_one(request: HttpRequest, shop: Data<Shop>) -> actix_web::Result<HttpResponse> {
    let claims = authenticated(&request, &shop)?;
    let found = shop.documents.find_one(doc! { "_id": claims.sub }).await.map_err(failed)?;
    Ok(HttpResponse::Ok().json(found))
}

fn authenticated(request: &HttpRequest, shop: &Shop) -> actix_web::Result<Claims> {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let decoded = decode(token, &shop.key, &shop.validation).map_err(error::ErrorUnauthorized)?;
    Ok(decoded.claims)
}

fn failed(fault: impl Error + 'static) -> actix_web::Error {
    error::ErrorInternalServerError(fault)
}
