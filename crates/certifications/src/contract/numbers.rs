//! Cases: serial numbers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::CertificationFixture;
use super::races::{RACERS, race};
use crate::Series;

/// Series and years do not disturb each other.
pub async fn serials_begin_at_one_in_every_series_and_year(store: CertificationFixture) {
    let next = async |series, year| store.numbers.next(series, year).await.unwrap();

    let first = next(Series::Application, 2026).await;
    let second = next(Series::Application, 2026).await;
    let certificate = next(Series::Certificate, 2026).await;
    let next_year = next(Series::Application, 2027).await;

    assert!(second > first, "{second} comes after {first}");
    assert_eq!((first, certificate, next_year), (1, 1, 1));
}

/// 32 at once get 32 different numbers.
pub async fn of_many_serials_none_is_given_twice(store: CertificationFixture) {
    let given = Arc::new(Mutex::new(BTreeSet::new()));

    let outcomes = race(|_| {
        let (numbers, given) = (Arc::clone(&store.numbers), Arc::clone(&given));
        async move {
            let serial = numbers.next(Series::Certificate, 2026).await?;
            given.lock().unwrap().insert(serial);
            Ok(())
        }
    })
    .await;

    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(given.lock().unwrap().len(), RACERS);
}
