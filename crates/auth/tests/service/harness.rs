//! A whole product on in-memory stores, with a hasher that counts and costs nothing.
#![expect(clippy::unwrap_used, reason = "a failed setup must stop the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::counting::Counting;
use async_trait::async_trait;
use gacp_auth::{
    Account, AccountPatch, AccountStatus, Auth, AuthError, AuthParts, BreachedPasswords, Caller,
    ConsentDraft, HashError, Login, LoginDraft, MemoryAuth, MemoryGuesses, NoBreaches, Password,
    PasswordHash, PasswordHasher, Policy, Registration, SessionStore, StaffDraft, Tokens, Unproven,
    Visit,
};
use gacp_keys::{Keyring, MasterKey, MemoryKeys, sha256, to_base64url};
use gacp_store::{
    AccountId, Actor, Attempt, Expected, HistoryEntry, HistoryStore, MemoryLedger, PageRequest,
    Role, Target, Violations,
};
use jiff::{SignedDuration, Timestamp};

pub(crate) const PASSWORD: &str = "correct-rice-battery";
pub(crate) const EMAIL: &str = "somchai@example.org";
pub(crate) const NATIONAL_ID: &str = "1234567890121";

/// What the hashes of [`CountingHasher`] start with.
const HASHED_HERE: &str = "$sha256$";

/// Counts its operations; a hash is a digest.
#[derive(Default)]
pub(crate) struct CountingHasher {
    operations: AtomicUsize,
    overloaded: AtomicBool,
}

impl CountingHasher {
    pub(crate) fn operations(&self) -> usize {
        self.operations.load(Ordering::SeqCst)
    }

    /// From now on every hash is refused, or none.
    pub(crate) fn overload(&self, overloaded: bool) {
        self.overloaded.store(overloaded, Ordering::SeqCst);
    }

    fn digest(&self, password: &Password) -> Result<PasswordHash, HashError> {
        if self.overloaded.load(Ordering::SeqCst) {
            return Err(HashError::Overloaded);
        }
        self.operations.fetch_add(1, Ordering::SeqCst);
        let digest = to_base64url(&sha256(password.as_bytes()));
        Ok(PasswordHash::parse(format!("{HASHED_HERE}{digest}")).unwrap())
    }
}

#[async_trait]
impl PasswordHasher for CountingHasher {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        self.digest(password)
    }

    async fn verify(&self, password: &Password, hash: &PasswordHash) -> Result<bool, HashError> {
        let presented = self.digest(password)?;
        // What another system hashed: the password itself, behind the name of the algorithm.
        let foreign = hash.as_str().strip_prefix("$2b$10$");
        Ok(presented == *hash || foreign.is_some_and(|it| it.as_bytes() == password.as_bytes()))
    }

    async fn verify_nothing(&self, password: &Password) -> Result<(), HashError> {
        self.digest(password).map(drop)
    }

    fn is_outdated(&self, hash: &PasswordHash) -> bool {
        !hash.as_str().starts_with(HASHED_HERE)
    }
}

pub(crate) struct World {
    pub(crate) auth: Auth,
    pub(crate) hasher: Arc<CountingHasher>,
    pub(crate) keyring: Keyring,
    pub(crate) stores: MemoryAuth,
    pub(crate) ledger: Arc<MemoryLedger>,
    calls: Arc<AtomicUsize>,
}

pub(crate) fn now() -> Timestamp {
    "2026-01-05T02:00:00.75Z".parse().unwrap()
}

pub(crate) fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

/// A visit by a device that shows no token.
pub(crate) fn visit(seconds: i64) -> Visit<'static> {
    Visit {
        user_agent: Some("Field app/1.0"),
        request_id: Some("request-1"),
        ..Visit::at(later(seconds))
    }
}

pub(crate) fn policy() -> Policy {
    Policy::new("https://gacp.example", "gacp-api")
}

pub(crate) fn registration() -> Registration {
    Registration {
        email: " Somchai@Example.org".to_owned(),
        password: PASSWORD.to_owned(),
        full_name: "  สมชาย ใจดี ".to_owned(),
        phone: "081-234-5678".to_owned(),
        national_id: "1-2345-67890-12-1".to_owned(),
        address: None,
        consent: ConsentDraft {
            terms_version: "2026-01".to_owned(),
            privacy_version: "2026-02".to_owned(),
        },
    }
}

/// A registration that shares nothing with [`registration`].
pub(crate) fn another_registration() -> Registration {
    Registration {
        email: "malee@example.org".to_owned(),
        phone: "+66899999999".to_owned(),
        national_id: "1000000000009".to_owned(),
        ..registration()
    }
}

pub(crate) fn attempt(by: Actor, seconds: i64) -> Attempt<'static, Account> {
    Attempt { by, at: later(seconds), request_id: "request-1", once: None }
}

pub(crate) fn newcomer() -> Actor {
    Actor { id: AccountId::at(now()), role: Role::Farmer }
}

pub(crate) fn admin() -> Actor {
    Actor { id: AccountId::at(now()), role: Role::Admin }
}

pub(crate) fn by_email(email: &str, password: &str) -> LoginDraft {
    LoginDraft { email: Some(email.to_owned()), national_id: None, password: password.to_owned() }
}

pub(crate) fn by_national_id(national_id: &str, password: &str) -> LoginDraft {
    LoginDraft {
        email: None,
        national_id: Some(national_id.to_owned()),
        password: password.to_owned(),
    }
}

pub(crate) fn unproven<T>(outcome: Result<T, AuthError>) -> Unproven {
    match outcome {
        Err(AuthError::Unproven(why)) => why,
        Err(other) => unreachable!("{other:?}"),
        Ok(_) => unreachable!("it was proven"),
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::asking(Arc::new(NoBreaches)).await
    }

    /// A world in which somebody is asked about new passwords.
    pub(crate) async fn asking(breaches: Arc<dyn BreachedPasswords>) -> Self {
        let master = MasterKey::generate().unwrap();
        let keyring = Keyring::open(&MemoryKeys::default(), &master, now()).await.unwrap();
        let ledger = MemoryLedger::shared();
        let stores = MemoryAuth::new(Arc::clone(&ledger));
        let hasher = Arc::new(CountingHasher::default());
        let calls = Arc::default();
        let auth = Auth::new(AuthParts {
            accounts: Arc::new(Counting::new(stores.accounts(), &calls)),
            sessions: Arc::new(stores.sessions()),
            events: Arc::new(Counting::new(stores.events(), &calls)),
            history: ledger.clone(),
            guesses: Arc::new(Counting::new(MemoryGuesses::default(), &calls)),
            hasher: Arc::<CountingHasher>::clone(&hasher),
            breaches,
            keyring: keyring.clone(),
            policy: policy(),
        });
        Self { auth, hasher, keyring, stores, ledger, calls }
    }

    /// How often accounts, guesses and events were asked for anything.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// A world in which Somchai has registered.
    pub(crate) async fn with_somchai() -> (Self, Account) {
        let world = Self::new().await;
        let account = world.register(registration()).await.unwrap();
        (world, account)
    }

    pub(crate) async fn register(&self, draft: Registration) -> Result<Account, AuthError> {
        self.auth.register(&attempt(newcomer(), 0), Violations::check(draft)).await
    }

    pub(crate) async fn enroll(&self, email: &str, role: Role) -> Account {
        let draft = StaffDraft {
            email: email.to_owned(),
            full_name: "มาลี สุขใจ".to_owned(),
            role,
            password: PASSWORD.to_owned(),
        };
        let draft = Violations::check(draft);
        self.auth.enroll_staff(&attempt(admin(), 0), draft).await.unwrap()
    }

    pub(crate) async fn log_in(&self, draft: LoginDraft) -> Result<Login, AuthError> {
        self.auth.log_in(Violations::check(draft), &visit(0)).await
    }

    pub(crate) async fn somchai_logs_in(&self) -> Login {
        self.log_in(by_email(EMAIL, PASSWORD)).await.unwrap()
    }

    pub(crate) async fn caller(&self, tokens: &Tokens) -> Caller {
        self.accepts(&tokens.access_token).await
    }

    pub(crate) async fn accepts(&self, bearer: &str) -> Caller {
        self.auth.authenticate(bearer, now()).await.unwrap()
    }

    pub(crate) async fn change(&self, account: &Account, patch: AccountPatch) -> Account {
        let target = Target { id: account.id(), expected: Expected::Any };
        let patch = Violations::check(patch);
        self.auth.change_account(&attempt(admin(), 1), &target, patch).await.unwrap()
    }

    pub(crate) async fn disable(&self, account: &Account) -> Account {
        let status = Some(AccountStatus::Disabled);
        self.change(account, AccountPatch { role: None, status }).await
    }

    pub(crate) async fn history(&self, account: &Account) -> Vec<HistoryEntry> {
        let page = PageRequest::first(100);
        self.ledger.history(account.subject(), &page).await.unwrap().items
    }

    /// How many live sessions an account has.
    pub(crate) async fn live_sessions(&self, account: &Account, at: Timestamp) -> usize {
        self.stores.sessions().list_live(account.id(), at).await.unwrap().len()
    }
}
