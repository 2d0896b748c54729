//! Cases: farms are kept one by one, with what is written beside them.

use gacp_store::{
    Claim, HistoryEntry, Lease, PageRequest, RECEIPT_LEASE, Receipt, Revision, StoreError,
};

use super::FarmFixture;
use super::sample::{
    BODY, KEY, approved_farm, at, change, farm, farm_with_plots, owner, renamed, replying,
};
use crate::Farm;

async fn inserted(store: &FarmFixture, farm: Farm) -> Farm {
    store.farms.insert(&farm, &change(&farm, "registered")).await.unwrap();
    farm
}

async fn found(store: &FarmFixture, farm: &Farm) -> Option<Farm> {
    store.farms.find(farm.id(), None).await.unwrap()
}

async fn history_of(store: &FarmFixture, farm: &Farm) -> Vec<HistoryEntry> {
    store.history.history(farm.subject(), &PageRequest::first(10)).await.unwrap().items
}

fn taken(outcome: &Result<(), StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Duplicate { key: Farm::NAME_TAKEN }))
}

/// Everything comes back: plots, boundaries to the last bit, Thai text, times, revision.
pub async fn an_inserted_farm_is_found_as_it_was(store: FarmFixture) {
    let drawn = inserted(&store, farm_with_plots(owner(), "ไร่น้ำผึ้ง ป่าก๋อย")).await;
    let approved = inserted(&store, approved_farm(owner(), "สวนกระชายดำ ณ เลย")).await;

    assert_eq!(found(&store, &drawn).await.as_ref(), Some(&drawn));
    assert_eq!(found(&store, &approved).await.as_ref(), Some(&approved));
}

/// Another farmer's farm is as good as absent.
pub async fn a_farm_is_found_for_its_owner_only(store: FarmFixture) {
    let (somchai, malee) = (owner(), owner());
    let kept = inserted(&store, farm(somchai, "บ้านสวน")).await;

    let own = store.farms.find(kept.id(), Some(somchai)).await.unwrap();
    let foreign = store.farms.find(kept.id(), Some(malee)).await.unwrap();
    let absent = found(&store, &farm(somchai, "ไม่มี")).await;

    assert_eq!((own.is_some(), foreign, absent), (true, None, None));
}

/// Case and spaces do not make a name another one; another owner does.
pub async fn a_taken_name_is_refused(store: FarmFixture) {
    let (somchai, malee) = (owner(), owner());
    inserted(&store, farm(somchai, "Baan Suan ไร่ขมิ้น")).await;
    let same = farm(somchai, "  baan  SUANไร่ขมิ้น ");

    let outcome = store.farms.insert(&same, &change(&same, "registered")).await;

    assert!(taken(&outcome));
    assert_eq!(found(&store, &same).await, None);
    inserted(&store, farm(malee, "Baan Suan ไร่ขมิ้น")).await;
    inserted(&store, farm(somchai, "Baan Suan ไร่ขิง")).await;
}

/// A farm keeps its own name through changes, and cannot take that of another.
pub async fn a_renamed_farm_cannot_take_a_name(store: FarmFixture) {
    let somchai = owner();
    inserted(&store, farm(somchai, "บ้านสวน")).await;
    let second = inserted(&store, farm(somchai, "บ้านไร่")).await;
    let clash = renamed(&second, "บ้าน สวน", at(5));

    let outcome = store.farms.replace(&clash, &change(&clash, "revised")).await;

    assert!(taken(&outcome));
    assert_eq!(found(&store, &second).await.as_ref(), Some(&second));
    let respelt = renamed(&second, "บ้าน ไร่", at(6));
    store.farms.replace(&respelt, &change(&respelt, "revised")).await.unwrap();
    let free = farm(somchai, "บ้านไร่ เก่า");
    inserted(&store, free).await;
}

/// The name of an archived farm can be given to another.
pub async fn an_archived_farm_frees_its_name(store: FarmFixture) {
    let somchai = owner();
    let old = inserted(&store, farm(somchai, "บ้านสวน")).await;
    let archived = old.archived(at(5)).unwrap();
    store.farms.replace(&archived, &change(&archived, "archived")).await.unwrap();

    let new = inserted(&store, farm(somchai, "บ้านสวน")).await;

    assert_eq!(found(&store, &new).await, Some(new));
    assert_eq!(found(&store, &archived).await, Some(archived));
}

/// Two readers change the same farm: the second write must lose, and say so.
pub async fn a_stale_replace_is_refused(store: FarmFixture) {
    let kept = inserted(&store, farm(owner(), "บ้านสวน")).await;
    let (first, second) = (renamed(&kept, "หนึ่ง", at(5)), renamed(&kept, "สอง", at(6)));
    store.farms.replace(&first, &change(&first, "revised")).await.unwrap();

    let outcome = store.farms.replace(&second, &change(&second, "revised")).await;

    assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
    assert_eq!(found(&store, &kept).await, Some(first));
}

/// Replacing makes no farms.
pub async fn a_farm_that_is_not_there_cannot_be_replaced(store: FarmFixture) {
    let unknown = renamed(&farm(owner(), "บ้านสวน"), "บ้านไร่", at(5));

    let outcome = store.farms.replace(&unknown, &change(&unknown, "revised")).await;

    assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
    assert_eq!(found(&store, &unknown).await, None);
}

/// Every change leaves its entry, whole, newest first.
pub async fn a_change_is_written_with_its_history(store: FarmFixture) {
    let kept = inserted(&store, farm(owner(), "บ้านสวน")).await;
    let revised = renamed(&kept, "บ้านไร่", at(5));
    let mut beside = change(&revised, "revised");
    for entry in &mut beside.entries {
        *entry = entry.clone().moved("approved", "pending-review").touching(["name"]);
        entry.comment = Some("แก้ชื่อตามโฉนด".to_owned());
    }

    store.farms.replace(&revised, &beside).await.unwrap();

    let entries = history_of(&store, &kept).await;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["revised", "registered"]);
    assert_eq!(entries.first(), beside.entries.first());
}

/// What was not changed did not happen.
pub async fn a_refused_change_leaves_no_history(store: FarmFixture) {
    let somchai = owner();
    let kept = inserted(&store, farm(somchai, "บ้านสวน")).await;
    let second = farm(somchai, "บ้านสวน");
    let stale = renamed(&renamed(&kept, "หนึ่ง", at(5)), "สอง", at(6));

    let duplicate = store.farms.insert(&second, &change(&second, "registered")).await;
    let outcome = store.farms.replace(&stale, &change(&stale, "revised")).await;

    assert!(taken(&duplicate) && matches!(outcome, Err(StoreError::Stale)));
    assert_eq!(history_of(&store, &second).await, []);
    assert_eq!(history_of(&store, &kept).await.len(), 1);
}

/// The reply is there as soon as the change is.
pub async fn a_change_answers_its_request(store: FarmFixture) {
    let new = farm(owner(), "บ้านสวน");
    let beside = replying(&new, "registered", Lease(1));
    store.receipts.claim(&KEY, &BODY, Lease(1), at(0)).await.unwrap();

    store.farms.insert(&new, &beside).await.unwrap();

    let again = store.receipts.claim(&KEY, &BODY, Lease(2), at(1)).await.unwrap();
    assert_eq!(again, Claim::Answered(beside.receipt.unwrap().reply));
}

/// A request that was slower than its lease changes nothing, whichever way it changes.
pub async fn a_change_whose_lease_is_lost_writes_nothing(store: FarmFixture) {
    let kept = inserted(&store, farm(owner(), "บ้านสวน")).await;
    let (new, revised) = (farm(owner(), "บ้านไร่"), renamed(&kept, "บ้านป่า", at(5)));
    store.receipts.claim(&KEY, &BODY, Lease(1), at(0)).await.unwrap();
    store.receipts.claim(&KEY, &BODY, Lease(2), at(0) + RECEIPT_LEASE).await.unwrap();

    let insert = store.farms.insert(&new, &replying(&new, "registered", Lease(1))).await;
    let replace = store.farms.replace(&revised, &replying(&revised, "revised", Lease(1))).await;

    for outcome in [insert, replace] {
        let key = outcome.unwrap_err().duplicate_key();
        assert_eq!(key, Some(Receipt::LOST_LEASE));
    }
    assert_eq!(found(&store, &new).await, None);
    assert_eq!(found(&store, &kept).await.map(|farm| farm.revision()), Some(Revision::FIRST));
    assert_eq!(
        (history_of(&store, &new).await.len(), history_of(&store, &kept).await.len()),
        (0, 1)
    );
}
