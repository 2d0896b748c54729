//! Cases: lists and their pages.

use gacp_store::{Order, PageRequest};

use super::FarmFixture;
use super::sample::{
    approved_farm, at, change, draft, farm, farm_of, farm_with_plots, owner, plot, renamed, square,
};
use crate::{Crop, Farm, FarmFilter, FarmId, FarmStatus};

async fn inserted(store: &FarmFixture, farm: Farm) -> FarmId {
    store.farms.insert(&farm, &change(&farm, "registered")).await.unwrap();
    farm.id()
}

async fn listed(store: &FarmFixture, filter: &FarmFilter) -> Vec<FarmId> {
    let page = store.farms.list(filter, &PageRequest::first(50)).await.unwrap();
    assert_eq!(page.next, None);
    page.items.iter().map(Farm::id).collect()
}

/// Reads a list to its end, two farms at a time.
async fn all_pages(store: &FarmFixture, order: Order) -> Vec<Farm> {
    let mut page = PageRequest { order, after: None, limit: 2 };
    let mut read = Vec::new();
    loop {
        let found = store.farms.list(&FarmFilter::default(), &page).await.unwrap();
        assert!(found.items.len() <= 2);
        read.extend(found.items);
        let Some(next) = found.next else { return read };
        page = page.after(next);
    }
}

fn ids(farms: &[Farm]) -> Vec<FarmId> {
    farms.iter().map(Farm::id).collect()
}

/// Five farms in pages of two: every one once, the newest first.
pub async fn a_list_is_read_newest_first_page_by_page(store: FarmFixture) {
    let mut made = Vec::new();
    for second in 0..5 {
        let new = farm_of(owner(), draft(&format!("ไร่ {second}")), at(second));
        made.insert(0, inserted(&store, new).await);
    }

    let read = all_pages(&store, Order::NewestFirst).await;

    assert_eq!(ids(&read), made);
}

/// A farm that appears while a list is read neither repeats nor hides one that was there.
pub async fn farms_inserted_meanwhile_do_not_move_the_pages(store: FarmFixture) {
    let old = inserted(&store, farm_of(owner(), draft("เก่า"), at(0))).await;
    let new = inserted(&store, farm_of(owner(), draft("ใหม่"), at(1))).await;
    let everything = FarmFilter::default();
    let first = store.farms.list(&everything, &PageRequest::first(1)).await.unwrap();
    inserted(&store, farm_of(owner(), draft("ใหม่กว่า"), at(2))).await;

    let rest = PageRequest::first(1).after(first.next.unwrap());
    let second = store.farms.list(&everything, &rest).await.unwrap();

    assert_eq!((ids(&first.items), ids(&second.items)), (vec![new], vec![old]));
    assert_eq!(second.next, None);
}

/// A sync from a moment on sees every later change once, also of farms changed at one moment, and
/// a farm that changes while it is read comes up again.
pub async fn a_sync_loses_no_change(store: FarmFixture) {
    let mut farms = Vec::new();
    for number in 0..5 {
        let new = farm_of(owner(), draft(&format!("ไร่ {number}")), at(number));
        inserted(&store, new.clone()).await;
        farms.push(new);
    }
    for known in farms.iter_mut().rev().take(3) {
        *known = renamed(known, "ชื่อใหม่", at(10));
        store.farms.replace(known, &change(known, "revised")).await.unwrap();
    }

    let since = |second| all_pages(&store, Order::ChangedSince(at(second)));
    let (all, late, none) = (since(0).await, since(10).await, since(11).await);

    assert_eq!(ids(&all), ids(&farms));
    assert_eq!(ids(&late), ids(farms.split_at(2).1));
    assert_eq!(ids(&none), []);
    let first = renamed(&farms.swap_remove(0), "เปลี่ยนอีก", at(20));
    store.farms.replace(&first, &change(&first, "revised")).await.unwrap();
    assert_eq!(all_pages(&store, Order::ChangedSince(at(0))).await.last(), Some(&first));
}

/// Each filter alone keeps what fits and leaves out what does not.
pub async fn lists_hold_what_was_asked_for(store: FarmFixture) {
    let (somchai, malee) = (owner(), owner());
    let mut in_loei = draft("Black Gold");
    "เลย".clone_into(&mut in_loei.address.changwat);
    let galingale = plot("แปลง", Crop::BlackGalingale, square(101.7, 17.4, 0.001));
    let in_loei = farm_of(malee, in_loei, at(0)).with_plot(galingale, at(1)).unwrap();
    let in_loei = inserted(&store, in_loei).await;
    let bare = inserted(&store, farm(somchai, "ไร่เปล่า")).await;
    let approved = inserted(&store, approved_farm(somchai, "ไร่ทอง")).await;
    let wanted = |filter: FarmFilter| {
        let store = store.clone();
        async move { listed(&store, &filter).await }
    };
    let any = FarmFilter::default;

    let of_malee = wanted(FarmFilter { owner: Some(malee), ..any() }).await;
    let in_draft = wanted(FarmFilter { status: Some(FarmStatus::Draft), ..any() }).await;
    let of_turmeric = wanted(FarmFilter { crop: Some(Crop::Turmeric), ..any() }).await;
    let of_kratom = wanted(FarmFilter { crop: Some(Crop::Kratom), ..any() }).await;
    let of_loei = wanted(FarmFilter { province: Some("เลย".to_owned()), ..any() }).await;
    let golden = wanted(FarmFilter { q: Some("GOLD".to_owned()), ..any() }).await;

    assert_eq!(wanted(any()).await, [approved, bare, in_loei]);
    assert_eq!((of_malee, in_draft), (vec![in_loei], vec![bare, in_loei]));
    assert_eq!((of_turmeric, of_kratom), (vec![approved], vec![]));
    assert_eq!((of_loei, golden), (vec![in_loei], vec![in_loei]));
}

/// Filters hold together, not one or the other.
pub async fn filters_narrow_each_other(store: FarmFixture) {
    let somchai = owner();
    let wanted = inserted(&store, farm_with_plots(somchai, "ไร่ทอง หนึ่ง")).await;
    inserted(&store, approved_farm(somchai, "ไร่ทอง สอง")).await;
    inserted(&store, farm(somchai, "ไร่ทอง สาม")).await;
    inserted(&store, farm_with_plots(owner(), "ไร่ทอง สี่")).await;
    inserted(&store, farm_with_plots(somchai, "ไร่เงิน")).await;

    let found = listed(
        &store,
        &FarmFilter {
            owner: Some(somchai),
            status: Some(FarmStatus::Draft),
            province: Some("เชียงใหม่".to_owned()),
            crop: Some(Crop::Cannabis),
            q: Some("ทอง".to_owned()),
            region: None,
        },
    )
    .await;

    assert_eq!(found, [wanted]);
}

/// Thai is written without spaces or with them; signs that stand for anything elsewhere (`%`,
/// `_`, `.*`) stand for themselves.
pub async fn thai_text_is_found_however_it_is_spaced(store: FarmFixture) {
    let honey = inserted(&store, farm(owner(), "ไร่ น้ำผึ้ง 100%")).await;
    let other = inserted(&store, farm(owner(), "ไร่น้ำใส_A")).await;
    let named = |q: &str| {
        let (store, filter) = (store.clone(), FarmFilter { q: Some(q.to_owned()), ..any() });
        async move { listed(&store, &filter).await }
    };

    assert_eq!(named("ไร่น้ำ").await, [other, honey]);
    assert_eq!(named("น้ำ ผึ้ง").await, [honey]);
    assert_eq!((named("0%").await, named("%").await), (vec![honey], vec![honey]));
    assert_eq!((named("_a").await, named(".*").await), (vec![other], vec![]));
}

fn any() -> FarmFilter {
    FarmFilter::default()
}
