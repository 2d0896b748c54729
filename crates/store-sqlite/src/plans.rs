//! Every query walks an index that was made for it; none sorts, none reads a table through.

use gacp_auth::{AccountFilter, AccountStatus};
use gacp_certifications::{ApplicationFilter, CertificateFilter, CertificateStatus, Status};
use gacp_farms::{FarmFilter, FarmStatus, THAILAND};
use gacp_store::{Cursor, Order, PageRequest, Role};
use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;
use uuid::Uuid;

use crate::listing::Listing;
use crate::{
    Sqlite, accounts, applications, certificates, events, farms, guesses, history, obligations,
    sessions,
};

/// Queries that are the same whatever is asked, by name, with what SQLite must say of each step.
const FIXED: &[(&str, &str, &[&str])] = &[
    (
        "everything that happened",
        history::ALL,
        &[
            "SEARCH history USING INDEX sqlite_autoindex_history_1",
            "SEARCH history_notes USING INDEX sqlite_autoindex_history_notes_1",
        ],
    ),
    (
        "what somebody did",
        history::BY_ACTOR,
        &[
            "SEARCH history USING INDEX history_by_actor",
            "SEARCH history_notes USING INDEX sqlite_autoindex_history_notes_1",
        ],
    ),
    (
        "security events",
        events::ALL,
        &["SEARCH security_events USING INDEX sqlite_autoindex_security_events_1"],
    ),
    (
        "security events of an account",
        events::OF_ACCOUNT,
        &["SEARCH security_events USING INDEX security_events_of_account"],
    ),
    (
        "history",
        history::OF_SUBJECT,
        &[
            "SEARCH history USING INDEX history_by_subject",
            "SEARCH history_notes USING INDEX sqlite_autoindex_history_notes_1",
        ],
    ),
    (
        "account by e-mail",
        accounts::BY_EMAIL,
        &["SEARCH accounts USING INDEX sqlite_autoindex_accounts_2"],
    ),
    (
        "account by national ID",
        accounts::BY_NATIONAL_ID,
        &[
            "SEARCH national_ids USING PRIMARY KEY",
            "LIST SUBQUERY 1",
            "SCAN json_each VIRTUAL TABLE",
            "SEARCH accounts USING INDEX sqlite_autoindex_accounts_1",
        ],
    ),
    ("guesses by key", guesses::BY_KEY, &["SEARCH guesses USING PRIMARY KEY"]),
    ("live sessions", sessions::LIVE, &["SEARCH sessions USING INDEX sessions_of_account"]),
    (
        "ended sessions",
        sessions::ENDED,
        &[
            "SEARCH sessions USING COVERING INDEX sqlite_autoindex_sessions_1",
            "LIST SUBQUERY 1",
            "SEARCH sessions USING INDEX sessions_by_end",
        ],
    ),
    (
        "standing",
        sessions::STANDING,
        &[
            "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1",
            "SEARCH accounts USING INDEX sqlite_autoindex_accounts_1",
        ],
    ),
    (
        "certificate by number",
        certificates::BY_NUMBER,
        &["SEARCH certificates USING INDEX sqlite_autoindex_certificates_2"],
    ),
    (
        "payment",
        applications::PAYMENT,
        &["SEARCH payments USING INDEX sqlite_autoindex_payments_2"],
    ),
    (
        "lapsed applications",
        applications::LAPSED,
        &["SEARCH applications USING INDEX applications_expiring"],
    ),
    (
        "obligations",
        obligations::HAS_LIVE_WORK,
        &[
            "SCAN CONSTANT ROW",
            "SCALAR SUBQUERY",
            "SEARCH applications USING INDEX applications_for_farm",
            "SCALAR SUBQUERY",
            "SEARCH certificates USING INDEX certificates_for_farm",
        ],
    ),
    (
        "plots within a box",
        farms::WITHIN,
        &[
            "SCAN plot_bounds VIRTUAL TABLE INDEX 2:",
            "SEARCH plots USING INTEGER PRIMARY KEY",
            "SEARCH farms USING INDEX sqlite_autoindex_farms_1",
        ],
    ),
    (
        "farms in a box, counted",
        farms::search::COUNT,
        &["CO-ROUTINE", "SCAN farm_points VIRTUAL TABLE INDEX 2:", "SCAN"],
    ),
];

fn pages() -> [(&'static str, PageRequest); 4] {
    let cursor = Cursor { id: Uuid::nil(), updated_at: Timestamp::UNIX_EPOCH };
    let newest = PageRequest::first(50);
    let changed = PageRequest { order: Order::ChangedSince(cursor.updated_at), ..newest };
    [
        ("newest", newest),
        ("newest, next page", newest.after(cursor)),
        ("changed", changed),
        ("changed, next page", changed.after(cursor)),
    ]
}

fn steps(
    connection: &Connection,
    sql: &str,
    params: impl IntoIterator<Item = Value>,
) -> Vec<String> {
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    // What is not given is NULL, which plans like any other value.
    let missing = std::iter::repeat(Value::Null);
    let params = params.into_iter().chain(missing).take(plan.parameter_count());
    let rows = plan.query_map(params_from_iter(params), |row| row.get(3)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// An empty file of the newest schema.
fn schema() -> Connection {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("gacp.sqlite");
    drop(Sqlite::open(&path).unwrap());
    let connection = Connection::open(path).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).unwrap();
    connection.query_one("SELECT count(*) FROM sqlite_schema", (), |_| Ok(())).unwrap();
    connection
}

fn assert_walks(connection: &Connection, list: &str, listing: impl Fn() -> Listing, index: &str) {
    for (page_name, page) in pages() {
        let paged = listing().page(&page);
        // The index for changes bears the name of the one for the newest.
        let wanted = match page.order {
            Order::NewestFirst => index.to_owned(),
            Order::ChangedSince(_) if index.starts_with("sqlite_autoindex_") => {
                format!("{list}_changed")
            }
            Order::ChangedSince(_) => format!("{index}_changed"),
        };

        let steps = steps(connection, paged.sql(), paged.params().iter().cloned());

        let main = steps.first().unwrap();
        assert!(main.contains(&format!(" INDEX {wanted}")), "{list}, {page_name}: {steps:?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{page_name}: {steps:?}");
    }
}

#[test]
fn lists_of_accounts_walk_their_indexes() {
    let connection = schema();
    let all = AccountFilter::default();
    let (role, status) = (Some(Role::Inspector), Some(AccountStatus::Active));
    let cases = [
        (all, "sqlite_autoindex_accounts_1"),
        (AccountFilter { role, ..all }, "accounts_with_role"),
        (AccountFilter { role, status }, "accounts_with_role"),
        (AccountFilter { status, ..all }, "accounts_in_status"),
    ];

    for (filter, index) in cases {
        assert_walks(&connection, "accounts", || accounts::listing(&filter), index);
    }
}

/// What may be asked of farms, and the index that is walked for it.
fn farm_cases() -> [(FarmFilter, &'static str); 5] {
    let owner = FarmFilter { owner: Some(Uuid::nil().into()), ..FarmFilter::default() };
    let status = FarmFilter { status: Some(FarmStatus::Draft), ..FarmFilter::default() };
    let province = FarmFilter {
        province: Some("เชียงใหม่".to_owned()), ..FarmFilter::default()
    };
    let both = FarmFilter { status: status.status, ..owner.clone() };
    [
        (FarmFilter::default(), "sqlite_autoindex_farms_1"),
        (owner, "farms_of_owner"),
        (both, "farms_of_owner"),
        (status, "farms_in_status"),
        (province, "farms_in_province"),
    ]
}

#[test]
fn lists_of_farms_walk_their_indexes() {
    let connection = schema();

    for (filter, index) in farm_cases() {
        assert_walks(&connection, "farms", || farms::listing(&filter), index);
    }
}

#[test]
fn lists_of_farms_in_a_crowded_box_walk_the_same_indexes() {
    let connection = schema();

    for (filter, index) in farm_cases() {
        let listing = || farms::search::walking(&filter, &THAILAND);
        assert_walks(&connection, "farms", listing, index);
        let steps = steps(&connection, listing().sql(), listing().params().iter().cloned());
        let place = "SEARCH farm_places USING INDEX sqlite_autoindex_farm_places_1 (farm_id=?)";
        assert!(steps.iter().any(|step| step == place), "{steps:?}");
    }
}

#[test]
fn farms_in_a_box_are_found_by_the_tree_whatever_else_is_asked_of_them() {
    let connection = schema();

    for (filter, _) in farm_cases() {
        let listing = farms::search::in_box(&filter, &THAILAND);
        let steps = steps(&connection, listing.sql(), listing.params().iter().cloned());
        let wanted = [
            "SCAN farm_points VIRTUAL TABLE INDEX 2:",
            "SEARCH farm_places USING INTEGER PRIMARY KEY",
            "SEARCH farms USING INDEX",
        ];
        let as_wanted = steps.iter().zip(wanted).all(|(step, start)| step.starts_with(start));
        assert!(as_wanted && steps.len() == wanted.len(), "{steps:?}");
    }
}

#[test]
fn lists_of_applications_walk_their_indexes() {
    let connection = schema();
    let all = ApplicationFilter::default();
    let nobody = Some(Uuid::nil().into());
    let cases = [
        (all, "sqlite_autoindex_applications_1"),
        (ApplicationFilter { owner: nobody, ..all }, "applications_of_owner"),
        (ApplicationFilter { farm: Some(Uuid::nil().into()), ..all }, "applications_for_farm"),
        (ApplicationFilter { assignee: nobody, ..all }, "applications_assigned"),
        (
            ApplicationFilter {
                status: Some(Status::UnderReview),
                overdue_at: Some(Timestamp::UNIX_EPOCH),
                ..all
            },
            "applications_in_status",
        ),
    ];

    for (filter, index) in cases {
        assert_walks(&connection, "applications", || applications::listing(&filter), index);
    }
}

#[test]
fn lists_of_certificates_walk_their_indexes() {
    let connection = schema();
    let all = CertificateFilter::at(Timestamp::UNIX_EPOCH);
    let valid = Some(CertificateStatus::Valid);
    let cases = [
        (all, "sqlite_autoindex_certificates_1"),
        (
            CertificateFilter { owner: Some(Uuid::nil().into()), status: valid, ..all },
            "certificates_of_holder",
        ),
        (CertificateFilter { farm: Some(Uuid::nil().into()), ..all }, "certificates_for_farm"),
    ];

    for (filter, index) in cases {
        assert_walks(&connection, "certificates", || certificates::listing(&filter), index);
    }
}

#[test]
fn single_reads_find_their_record_by_an_index() {
    let connection = schema();

    for (name, sql, wanted) in FIXED {
        let found = steps(&connection, sql, []);

        let as_wanted = found.iter().zip(*wanted).all(|(step, start)| step.starts_with(start));
        assert!(as_wanted && found.len() == wanted.len(), "{name}: {found:#?}");
    }
}
