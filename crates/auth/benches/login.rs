//! What the steps of a login and of the requests after it cost: `cargo bench -p gacp-auth`.
//!
//! Everything is in memory, so that the stores cost next to nothing. Compare within a group: how
//! much the gate adds to a bare hash, what a token seen before costs of one that is new.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the bench")]

use std::cell::Cell;
use std::hint::black_box;
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use criterion::{BatchSize, Criterion, SamplingMode};
use gacp_auth::{
    Argon2Hasher, Auth, AuthParts, ConsentDraft, HashCost, Login, LoginDraft, MemoryAuth,
    MemoryGuesses, NoBreaches, Password, PasswordHasher, Policy, Registration, Visit,
};
use gacp_keys::{Keyring, MasterKey, MemoryKeys};
use gacp_resilience::gate::{Gate, Limits};
use gacp_store::{AccountId, Actor, Attempt, MemoryLedger, Role, Violations};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

const EMAIL: &str = "somchai@example.org";
const PASSWORD: &str = "correct-rice-battery";

/// The type of an access token (RFC 9068 §2.1).
const TYP: &str = "at+jwt";

/// A hash takes so long that more samples tell little more.
const HASH_SAMPLES: usize = 20;

/// What an access token says, as far as another token can be made of it.
#[derive(Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
    jti: String,
    role: String,
}

/// Somchai has registered and is logged in.
struct World {
    runtime: Runtime,
    auth: Auth,
    hasher: Arc<Argon2Hasher>,
    keyring: Keyring,
    login: Login,
}

impl World {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let cores = available_parallelism().map_or(1, NonZero::get);
        let limits = Limits { at_once: cores, waiting: cores, patience: Duration::from_secs(10) };
        let hasher = Arc::new(Argon2Hasher::new(HashCost::default(), Gate::new(limits)).unwrap());
        let (keys, master) = (MemoryKeys::default(), MasterKey::generate().unwrap());
        let keyring = runtime.block_on(Keyring::open(&keys, &master, now())).unwrap();
        let ledger = MemoryLedger::shared();
        let stores = MemoryAuth::new(ledger.clone());
        let auth = Auth::new(AuthParts {
            accounts: Arc::new(stores.accounts()),
            sessions: Arc::new(stores.sessions()),
            guesses: Arc::new(MemoryGuesses::default()),
            events: Arc::new(stores.events()),
            history: ledger,
            hasher: Arc::<Argon2Hasher>::clone(&hasher),
            breaches: Arc::new(NoBreaches),
            keyring: keyring.clone(),
            policy: Policy::new("https://gacp.example", "gacp-api"),
        });
        let login = runtime.block_on(enter(&auth));
        Self { runtime, auth, hasher, keyring, login }
    }

    /// An access token of Somchai's session, and what it says.
    fn access(&self) -> (String, Claims) {
        let token = self.login.tokens.access_token.clone();
        let claims = self.keyring.access_token_signer().verify(TYP, &token).unwrap();
        (token, claims)
    }

    fn sign(&self, claims: &Claims) -> String {
        self.keyring.access_token_signer().sign(TYP, claims, now()).unwrap()
    }
}

fn now() -> Timestamp {
    "2026-01-05T02:00:00Z".parse().unwrap()
}

fn visit() -> Visit<'static> {
    Visit { user_agent: Some("Field app/1.0"), ..Visit::at(now()) }
}

/// Registers Somchai and logs him in.
async fn enter(auth: &Auth) -> Login {
    let consent =
        ConsentDraft { terms_version: "2026-01".to_owned(), privacy_version: "2026-01".to_owned() };
    let registration = Registration {
        email: EMAIL.to_owned(),
        password: PASSWORD.to_owned(),
        full_name: "สมชาย ใจดี".to_owned(),
        phone: "081-234-5678".to_owned(),
        national_id: "1-2345-67890-12-1".to_owned(),
        address: None,
        consent,
    };
    let by = Actor { id: AccountId::at(now()), role: Role::Farmer };
    let attempt = Attempt { by, at: now(), request_id: "request-1", once: None };
    auth.register(&attempt, Violations::check(registration)).await.unwrap();
    auth.log_in(Violations::check(credentials()), &visit()).await.unwrap()
}

fn credentials() -> LoginDraft {
    LoginDraft { email: Some(EMAIL.to_owned()), national_id: None, password: PASSWORD.to_owned() }
}

/// One argon2id hash with this cost, in memory that is there already.
fn bare_hash(cost: HashCost, memory: &mut [Block]) -> [u8; 32] {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut output = [0; 32];
    let password = PASSWORD.as_bytes();
    argon2.hash_password_into_with_memory(password, &[7; 16], &mut output, memory).unwrap();
    output
}

/// The hash alone, hashing and verifying behind the gate, and a whole login.
fn password(criterion: &mut Criterion, world: &World) {
    let mut group = criterion.benchmark_group("password");
    group.sample_size(HASH_SAMPLES).sampling_mode(SamplingMode::Flat);
    let cost = HashCost::default();
    let blocks = usize::try_from(cost.memory_kib).unwrap();
    let mut memory = vec![Block::new(); blocks];
    group.bench_function("bare argon2id", |bench| {
        bench.iter(|| bare_hash(black_box(cost), &mut memory));
    });
    let password = Password::new(PASSWORD);
    group.bench_function("hash", |bench| {
        bench.to_async(&world.runtime).iter(async || world.hasher.hash(&password).await.unwrap());
    });
    let hash = world.runtime.block_on(world.hasher.hash(&password)).unwrap();
    group.bench_function("verify", |bench| {
        bench.to_async(&world.runtime).iter(async || {
            assert!(world.hasher.verify(&password, &hash).await.unwrap());
        });
    });
    group.bench_function("whole login", |bench| {
        bench.to_async(&world.runtime).iter(async || {
            world.auth.log_in(Violations::check(credentials()), &visit()).await.unwrap()
        });
    });
    group.finish();
}

/// The signature alone, and what a request pays for knowing who asks: with a token that was never
/// seen, and with one that was.
fn access_token(criterion: &mut Criterion, world: &World) {
    let mut group = criterion.benchmark_group("access token");
    let (token, claims) = world.access();
    group.bench_function("sign", |bench| bench.iter(|| world.sign(black_box(&claims))));
    group.bench_function("verify", |bench| {
        let signer = world.keyring.access_token_signer();
        bench.iter(|| signer.verify::<Claims>(TYP, black_box(&token)).unwrap());
    });
    let authenticate = async |token: String| world.auth.authenticate(&token, now()).await.unwrap();
    let made = Cell::new(0_u64);
    let unseen = || {
        made.set(made.get() + 1);
        world.sign(&Claims { jti: format!("unseen-{}", made.get()), ..claims.clone() })
    };
    group.bench_function("authenticate, new token", |bench| {
        let bench = &mut bench.to_async(&world.runtime);
        bench.iter_batched(unseen, &authenticate, BatchSize::SmallInput);
    });
    group.bench_function("authenticate, token seen before", |bench| {
        let bench = &mut bench.to_async(&world.runtime);
        bench.iter_batched(|| token.clone(), &authenticate, BatchSize::SmallInput);
    });
    group.finish();
}

/// The next pair of tokens, and the same pair again for a client that lost the reply.
fn refresh(criterion: &mut Criterion, world: &World) {
    let mut group = criterion.benchmark_group("refresh");
    let refresh = async |token: &str| world.auth.refresh(token, &visit()).await.unwrap();
    let newest = Cell::new(world.login.tokens.refresh_token.clone());
    let step = async || {
        let token = newest.take();
        newest.set(refresh(&token).await.refresh_token);
        token
    };
    group.bench_function("step", |bench| bench.to_async(&world.runtime).iter(&step));
    let replaced = world.runtime.block_on(step());
    group.bench_function("step, repeated", |bench| {
        bench.to_async(&world.runtime).iter(async || refresh(&replaced).await);
    });
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let world = World::new();
    password(&mut criterion, &world);
    access_token(&mut criterion, &world);
    refresh(&mut criterion, &world);
    criterion.final_summary();
}
