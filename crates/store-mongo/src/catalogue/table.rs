//! The collections, one by one.

use std::time::Duration;

use super::Key::{Down, Hashed, Sphere, Up};
use super::{Collection, Index, Only};
use crate::validators;

/// Receipts go after a day; this is for those that nobody prunes.
const RECEIPTS_FORGOTTEN: Duration = Duration::from_hours(48);

/// Buckets count for a day at most, and are pruned then; this is for those that nobody prunes.
const GUESSES_FORGOTTEN: Duration = Duration::from_hours(48);

/// Every collection of the store.
pub fn collections() -> &'static [Collection] {
    COLLECTIONS
}

const COLLECTIONS: &[Collection] = &[
    // Three unique keys, none of which leads another: it stays on one shard.
    Collection {
        name: "accounts",
        shard_key: None,
        indexes: ACCOUNTS,
        validator: validators::accounts,
    },
    Collection {
        name: "sessions",
        shard_key: Some(("_id", Hashed)),
        indexes: SESSIONS,
        validator: validators::sessions,
    },
    Collection {
        name: "guesses",
        shard_key: Some(("_id", Hashed)),
        indexes: GUESSES,
        validator: validators::guesses,
    },
    Collection {
        name: "security_events",
        shard_key: Some(("_id", Hashed)),
        indexes: EVENTS,
        validator: validators::events,
    },
    Collection {
        name: "farms",
        shard_key: Some(("owner", Hashed)),
        indexes: FARMS,
        validator: validators::farms,
    },
    Collection {
        name: "plots",
        shard_key: Some(("farm", Hashed)),
        indexes: PLOTS,
        validator: validators::plots,
    },
    Collection {
        name: "applications",
        shard_key: Some(("owner", Hashed)),
        indexes: APPLICATIONS,
        validator: validators::applications,
    },
    Collection {
        name: "application_numbers",
        shard_key: Some(("_id", Hashed)),
        indexes: &[],
        validator: validators::application_numbers,
    },
    Collection {
        name: "bookings",
        shard_key: Some(("inspector", Hashed)),
        indexes: BOOKINGS,
        validator: validators::bookings,
    },
    Collection {
        name: "payments",
        shard_key: Some(("reference", Hashed)),
        indexes: PAYMENTS,
        validator: validators::payments,
    },
    Collection {
        name: "certificates",
        shard_key: Some(("number", Hashed)),
        indexes: CERTIFICATES,
        validator: validators::certificates,
    },
    Collection {
        name: "history",
        shard_key: Some(("subject", Hashed)),
        indexes: HISTORY,
        validator: validators::history,
    },
    Collection {
        name: "history_notes",
        shard_key: Some(("_id", Hashed)),
        indexes: &[],
        validator: validators::history_notes,
    },
    Collection {
        name: "receipts",
        shard_key: Some(("_id", Hashed)),
        indexes: RECEIPTS,
        validator: validators::receipts,
    },
    // A handful of documents each.
    Collection { name: "keys", shard_key: None, indexes: KEYS, validator: validators::keys },
    Collection { name: "counters", shard_key: None, indexes: &[], validator: validators::counters },
];

// Lists: newest first by id, and changes by `updatedAt`, each within the filter that cuts most.

const ACCOUNTS: &[Index] = &[
    Index::on("accounts_email", &[("email", Up)]).unique(),
    Index::on("accounts_phone", &[("phone", Up)]).unique().only(Only::With("phone")),
    Index::on("accounts_national_id", &[("nationalIds", Up)])
        .unique()
        .only(Only::With("nationalIds")),
    Index::on("accounts_role_status", &[("role", Up), ("status", Up), ("_id", Down)]),
    Index::on(
        "accounts_role_status_changed",
        &[("role", Up), ("status", Up), ("updatedAt", Up), ("_id", Up)],
    ),
    Index::on("accounts_role", &[("role", Up), ("_id", Down)]),
    Index::on("accounts_role_changed", &[("role", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("accounts_status", &[("status", Up), ("_id", Down)]),
    Index::on("accounts_status_changed", &[("status", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("accounts_changed", &[("updatedAt", Up), ("_id", Up)]),
];

const SESSIONS: &[Index] = &[
    // The end last: an expired session is passed over without being read.
    Index::on("sessions_account_live", &[("account", Up), ("_id", Down), ("endsAt", Up)])
        .only(Only::Where("ended", false)),
    Index::on("sessions_end", &[("endsAt", Up)]),
];

const GUESSES: &[Index] = &[
    Index::on("guesses_began", &[("beganAt", Up), ("lockedUntil", Up)]),
    Index::on("guesses_seen", &[("seenAt", Up)]).forgets_after(GUESSES_FORGOTTEN),
];

const EVENTS: &[Index] = &[
    // The kind last: what is no login is passed over without being read.
    Index::on("events_account", &[("account", Up), ("_id", Down), ("login", Up)])
        .only(Only::With("account")),
];

const FARMS: &[Index] = &[
    Index::on("farms_name", &[("owner", Up), ("name", Up)])
        .unique()
        .only(Only::Where("archived", false)),
    Index::on("farms_owner", &[("owner", Up), ("_id", Down)]),
    Index::on("farms_owner_status", &[("owner", Up), ("status", Up), ("_id", Down)]),
    Index::on(
        "farms_owner_status_changed",
        &[("owner", Up), ("status", Up), ("updatedAt", Up), ("_id", Up)],
    ),
    Index::on("farms_owner_changed", &[("owner", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("farms_status", &[("status", Up), ("_id", Down)]),
    Index::on("farms_status_changed", &[("status", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("farms_province", &[("province", Up), ("_id", Down)]),
    Index::on("farms_province_status", &[("province", Up), ("status", Up), ("_id", Down)]),
    Index::on(
        "farms_province_status_changed",
        &[("province", Up), ("status", Up), ("updatedAt", Up), ("_id", Up)],
    ),
    Index::on("farms_province_changed", &[("province", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("farms_crop", &[("crops", Up), ("_id", Down)]),
    Index::on("farms_crop_changed", &[("crops", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("farms_changed", &[("updatedAt", Up), ("_id", Up)]),
    // The position again: what lies in a cell of the sphere and not in the box is not read.
    Index::on(
        "farms_location",
        &[("location", Sphere), ("location.coordinates.0", Up), ("location.coordinates.1", Up)],
    ),
];

const PLOTS: &[Index] =
    &[Index::on("plots_farm", &[("farm", Up)]), Index::on("plots_bounds", &[("bounds", Sphere)])];

const APPLICATIONS: &[Index] = &[
    // A farm has one owner: he stands in it because applications are spread by him.
    Index::on("applications_live", &[("owner", Up), ("farm", Up), ("standard", Up)])
        .unique()
        .only(Only::Where("live", true)),
    Index::on("applications_farm_live", &[("farm", Up), ("expiresAt", Up)])
        .only(Only::Where("live", true)),
    Index::on("applications_farm", &[("farm", Up), ("_id", Down)]),
    Index::on("applications_farm_changed", &[("farm", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("applications_owner", &[("owner", Up), ("_id", Down)]),
    Index::on("applications_owner_status", &[("owner", Up), ("status", Up), ("_id", Down)]),
    Index::on(
        "applications_owner_status_changed",
        &[("owner", Up), ("status", Up), ("updatedAt", Up), ("_id", Up)],
    ),
    Index::on("applications_owner_changed", &[("owner", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("applications_assignee", &[("assignee", Up), ("_id", Down)])
        .only(Only::With("assignee")),
    Index::on("applications_assignee_changed", &[("assignee", Up), ("updatedAt", Up), ("_id", Up)])
        .only(Only::With("assignee")),
    Index::on("applications_status", &[("status", Up), ("_id", Down)]),
    Index::on("applications_status_changed", &[("status", Up), ("updatedAt", Up), ("_id", Up)]),
    // Only what still has a deadline: few of all that ever were.
    Index::on("applications_due", &[("_id", Down), ("deadline", Up)]).only(Only::With("deadline")),
    Index::on("applications_due_changed", &[("updatedAt", Up), ("_id", Up), ("deadline", Up)])
        .only(Only::With("deadline")),
    Index::on("applications_changed", &[("updatedAt", Up), ("_id", Up)]),
    Index::on("applications_expiring", &[("expiresAt", Up), ("_id", Up)])
        .only(Only::With("expiresAt")),
];

const BOOKINGS: &[Index] = &[
    Index::on("bookings_slot", &[("inspector", Up), ("startsAt", Up)]).unique(),
    Index::on("bookings_application", &[("application", Up)]),
];

const PAYMENTS: &[Index] = &[Index::on("payments_reference", &[("reference", Up)]).unique()];

const CERTIFICATES: &[Index] = &[
    Index::on("certificates_number", &[("number", Up)]).unique(),
    Index::on("certificates_farm_valid", &[("farm", Up), ("validUntil", Up)]),
    Index::on("certificates_farm", &[("farm", Up), ("_id", Down)]),
    Index::on("certificates_farm_changed", &[("farm", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("certificates_holder", &[("holder", Up), ("_id", Down)]),
    Index::on("certificates_holder_changed", &[("holder", Up), ("updatedAt", Up), ("_id", Up)]),
    Index::on("certificates_revoked", &[("_id", Down), ("revokedAt", Up)])
        .only(Only::With("revokedAt")),
    Index::on("certificates_revoked_changed", &[("updatedAt", Up), ("_id", Up), ("revokedAt", Up)])
        .only(Only::With("revokedAt")),
    // Years, which are few, so that their lists can be merged in the order of ids or of change.
    Index::on(
        "certificates_end",
        &[("endsIn", Up), ("_id", Down), ("validUntil", Up), ("revokedAt", Up)],
    ),
    Index::on(
        "certificates_end_changed",
        &[("endsIn", Up), ("updatedAt", Up), ("_id", Up), ("validUntil", Up), ("revokedAt", Up)],
    ),
    Index::on("certificates_changed", &[("updatedAt", Up), ("_id", Up)]),
];

const HISTORY: &[Index] = &[
    Index::on("history_subject", &[("kind", Up), ("subject", Up), ("_id", Down)]),
    Index::on("history_actor", &[("by", Up), ("_id", Down)]).only(Only::With("by")),
];

const RECEIPTS: &[Index] = &[
    Index::on("receipts_claimed", &[("claimedAt", Up)]),
    Index::on("receipts_seen", &[("seenAt", Up)]).forgets_after(RECEIPTS_FORGOTTEN),
];

const KEYS: &[Index] = &[
    Index::on("keys_created", &[("createdAt", Up), ("_id", Up)]),
    Index::on("keys_first", &[("purpose", Up)]).unique().only(Only::Where("first", true)),
    Index::on("keys_followed", &[("follows", Up)]).unique().only(Only::With("follows")),
];
