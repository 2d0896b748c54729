use jiff::SignedDuration;

use super::*;
use crate::contract::sample::{application, approved_farm, at, certificate, owner, standard};

const MOMENT: SignedDuration = SignedDuration::from_millis(1);

fn issued(now: Timestamp) -> Certificate {
    certificate(&application(&approved_farm(owner(), "ไร่ขมิ้นทอง"), 1), now)
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn three_years_end_on_the_day_before_the_anniversary() {
    // 00:30 on 6 January in Bangkok, still 5 January in London.
    let term = Term::starting("2026-01-05T17:30:00Z".parse().unwrap(), 3);

    assert_eq!((term.issued_on, term.valid_from), (day("2026-01-06"), day("2026-01-06")));
    assert_eq!(term.valid_until, day("2029-01-05"));
    assert_eq!(term.end(), "2029-01-05T17:00:00Z".parse().unwrap());
}

#[test]
fn a_term_that_starts_on_a_leap_day_ends_with_february() {
    let term = Term::starting("2028-02-29T05:00:00Z".parse().unwrap(), 3);

    assert_eq!(term.valid_until, day("2031-02-27"));
}

#[test]
fn a_certificate_holds_through_its_last_day() {
    let certificate = issued(at(0));
    let end = certificate.term().end();

    assert_eq!(certificate.status_at(end - MOMENT), CertificateStatus::Valid);
    assert_eq!(certificate.status_at(end), CertificateStatus::Expired);
    assert_eq!(certificate.next_change_after(at(0)), Some(end));
    assert_eq!(certificate.next_change_after(end), None);
}

#[test]
fn revoked_comes_before_expired() {
    let certificate = issued(at(0));
    let end = certificate.term().end();
    let revoked = certificate.revoked("ตรวจพบสารปนเปื้อน".to_owned(), at(60));

    assert_eq!(revoked.status_at(at(60) - MOMENT), CertificateStatus::Valid);
    assert_eq!(revoked.status_at(at(60)), CertificateStatus::Revoked);
    assert_eq!(revoked.status_at(end), CertificateStatus::Revoked);
    assert_eq!(revoked.next_change_after(at(0)), Some(at(60)));
    assert_eq!(revoked.next_change_after(at(60)), None);
    assert_eq!(revoked.revision().get(), 2);
}

#[test]
fn the_public_sees_the_reason_once_it_is_effective() {
    let revoked = issued(at(0)).revoked("ตรวจพบสารปนเปื้อน".to_owned(), at(60));

    let before = revoked.public_at(at(59)).revocation;
    let after = revoked.public_at(at(60)).revocation.unwrap();

    assert_eq!(before, None);
    assert_eq!((after.reason.as_str(), after.effective_at), ("ตรวจพบสารปนเปื้อน", at(60)));
}

#[test]
fn the_public_sees_no_personal_data() {
    let shown = serde_json::to_value(issued(at(0)).public_at(at(0))).unwrap();

    let fields: Vec<&str> = shown.as_object().unwrap().keys().map(String::as_str).collect();

    let mut expected = [
        "number",
        "holderName",
        "farmName",
        "province",
        "crops",
        "partsUsed",
        "activities",
        "standard",
        "issuedOn",
        "validFrom",
        "validUntil",
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
}

#[test]
fn what_is_signed_names_issuer_number_and_time() {
    let certificate = issued(at(0));
    let (number, grant) = (certificate.number(), certificate.grant().clone());
    let term = Term::starting(at(0), standard().validity_years());
    let unsigned = Unsigned { number, grant, term };

    let claims = serde_json::to_value(unsigned.claims("https://gacp.example", at(0))).unwrap();

    assert_eq!(claims["iss"], "https://gacp.example");
    assert_eq!(claims["sub"], number.to_string());
    assert_eq!(claims["iat"], at(0).as_second());
    assert_eq!(claims["validUntil"], "2029-01-04");
    assert_eq!(claims["standard"]["id"], "thai-gacp");
    assert_eq!(claims.get("revocation"), None);
}

#[test]
fn a_certificate_survives_its_store() {
    let revoked = issued(at(0)).revoked("ตรวจพบสารปนเปื้อน".to_owned(), at(60));

    let stored = serde_json::to_string(&revoked).unwrap();

    assert_eq!(serde_json::from_str::<Certificate>(&stored).unwrap(), revoked);
}
