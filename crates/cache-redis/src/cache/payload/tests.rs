use proptest::prelude::*;

use super::*;

prop_compose! {
    fn entry()(
        status in prop::sample::select(vec![200_u16, 404]),
        content_type in "[ -~]{1,40}",
        etag in "[!#-~]{0,20}",
        headers in prop::collection::vec(("[a-z-]{1,20}", "[ -~]{0,40}"), 0..4),
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) -> Entry {
        let entry = Entry::new(status, &content_type, &format!("\"{etag}\""), body).unwrap();
        headers.iter().fold(entry, |entry, (name, value)| entry.with_header(name, value).unwrap())
    }
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        entry in entry(),
        numbers in prop::collection::vec(any::<u64>(), 1..10),
        soft in 0..100_000_000_u64,
        hard in 0..100_000_000_u64,
    ) {
        let of: Epochs = numbers.iter().copied().collect();
        let life = Life { soft: Duration::from_millis(soft), hard: Duration::from_millis(hard) };

        let mut bytes = Bytes::from(encode(&of, &entry, life).unwrap());

        prop_assert_eq!(epochs(&bytes.split_to(numbers.len() * EPOCH)), Some(of));
        prop_assert_eq!(decode(bytes), Some((entry, life)));
    }

    #[test]
    fn what_is_damaged_is_no_entry_or_another_but_never_a_crash(
        entry in entry(),
        at in any::<prop::sample::Index>(),
        bytes in prop::collection::vec(any::<u8>(), 0..9),
        cut in any::<prop::sample::Index>(),
    ) {
        let life = Life { soft: Duration::ZERO, hard: Duration::ZERO };
        let mut encoded = encode(&Epochs::from_iter([]), &entry, life).unwrap();
        let at = at.index(encoded.len());
        encoded.splice(at..at, bytes);
        encoded.truncate(cut.index(encoded.len() + 1));

        let _ = decode(encoded.into());
    }
}

#[test]
fn another_layout_is_not_read() {
    let entry = Entry::new(200, "text/plain", "\"1\"", "x").unwrap();
    let life = Life { soft: Duration::ZERO, hard: Duration::ZERO };
    let mut encoded = encode(&Epochs::from_iter([]), &entry, life).unwrap();

    encoded[0] = LAYOUT + 1;

    assert_eq!(decode(encoded.into()), None);
}

#[test]
fn half_an_epoch_is_none() {
    assert_eq!(epochs(&[0; 12]), None);
    assert_eq!(epochs(&epoch(7)), Some(Epochs::from_iter([7])));
}
