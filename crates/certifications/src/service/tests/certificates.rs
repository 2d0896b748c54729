use super::*;
use crate::{
    CERTIFICATE_TYP, CertificateFilter, CertificateStatus, Claims, Forbidden, RevocationDraft,
};

async fn certified(office: &Office) -> (Dossier, String) {
    let dossier = office.at_status(Status::Certified).await;
    let number = dossier.application.certificate().unwrap().to_string();
    (dossier, number)
}

async fn revoke(office: &Office, by: Actor, number: &str) -> Outcome<crate::Certificate> {
    let target = Target { id: number.to_owned(), expected: Expected::Any };
    let draft = RevocationDraft {
        reason: "ตรวจพบสารปนเปื้อน".to_owned()
    };
    office.desk.revoke(&office.by(by), &target, Violations::check(draft)).await
}

#[tokio::test]
async fn anybody_verifies_a_certificate() {
    let office = Office::open().await;
    let (dossier, number) = certified(&office).await;

    let verified = office.desk.verify(&number, office.now).await.unwrap();

    assert_eq!(verified.status, CertificateStatus::Valid);
    assert_eq!(verified.certificate.farm_name, "ไร่ขมิ้นทอง");
    assert_eq!(verified.certificate.province, "เชียงใหม่");
    assert_eq!(verified.certificate.crops, dossier.application.scope().crops());
    assert_eq!(verified.certificate.valid_until, "2029-01-04".parse().unwrap());
    assert_eq!(verified.next_change_at, Some("2029-01-04T17:00:00Z".parse().unwrap()));
}

#[tokio::test]
async fn a_certificate_is_signed_by_the_key_of_certificates() {
    let office = Office::open().await;
    let (dossier, number) = certified(&office).await;
    let certificate = office.desk.certificate(farmer(&dossier), &number).await.unwrap();

    let signer = office.desk.parts.keyring.certificate_signer();
    let claims: Claims = signer.verify(CERTIFICATE_TYP, certificate.jws()).unwrap();

    assert_eq!((claims.iss.as_str(), claims.sub), ("https://gacp.example", number));
    assert_eq!(claims.iat, office.now.as_second());
    assert_eq!(claims.certificate, certificate.public_at(office.now));
}

#[tokio::test]
async fn a_mistyped_number_is_told_from_an_unknown_one() {
    let office = Office::open().await;
    let (_, number) = certified(&office).await;
    let unknown = crate::CertificateNumber::new(2026, 777).unwrap().to_string();
    let mistyped = number.replace("2026", "2025");

    let malformed = office.desk.verify("GACP-1", office.now).await;
    let mistyped = office.desk.verify(&mistyped, office.now).await;
    let unknown = office.desk.verify(&unknown, office.now).await;

    assert_eq!(wrong(malformed), at_pointer("/number", "invalid-format"));
    assert_eq!(wrong(mistyped), at_pointer("/number", "invalid-checksum"));
    assert!(matches!(unknown, Err(CertificationError::NotFound)), "{unknown:?}");
}

#[tokio::test]
async fn a_revoked_certificate_says_so_at_once_and_why() {
    let office = Office::open().await;
    let (_, number) = certified(&office).await;

    revoke(&office, staff(Role::Approver), &number).await.unwrap();

    let verified = office.desk.verify(&number, office.now).await.unwrap();
    let revocation = verified.certificate.revocation.unwrap();
    assert_eq!(verified.status, CertificateStatus::Revoked);
    assert_eq!(revocation.reason, "ตรวจพบสารปนเปื้อน");
    let again = revoke(&office, staff(Role::Approver), &number).await;
    assert_eq!(allowed_after(again), []);
}

#[tokio::test]
async fn only_approvers_revoke() {
    let office = Office::open().await;
    let (dossier, number) = certified(&office).await;

    for role in Role::ALL.into_iter().filter(|role| role.is_staff() && *role != Role::Approver) {
        let outcome = revoke(&office, staff(role), &number).await;
        assert_eq!(forbidden_by(outcome), Forbidden::Role);
    }
    let holder = revoke(&office, farmer(&dossier), &number).await;
    let other = revoke(&office, stranger(), &number).await;
    assert_eq!(forbidden_by(holder), Forbidden::Role);
    assert!(matches!(other, Err(CertificationError::NotFound)), "{other:?}");
}

#[tokio::test]
async fn certificates_are_listed_for_their_holder() {
    let office = Office::open().await;
    let (dossier, _) = certified(&office).await;
    let (all, page) = (CertificateFilter::at(office.now), PageRequest::first(10));
    let listed = async |by| office.desk.certificates(by, &all, &page).await.unwrap().items.len();

    assert_eq!(listed(farmer(&dossier)).await, 1);
    assert_eq!(listed(stranger()).await, 0);
    assert_eq!(listed(staff(Role::Inspector)).await, 1);
}

#[tokio::test]
async fn a_certificate_expires_by_itself() {
    let office = Office::open().await;
    let (_, number) = certified(&office).await;
    let end = office.desk.verify(&number, office.now).await.unwrap().next_change_at.unwrap();

    let last = office.desk.verify(&number, end - SignedDuration::from_millis(1)).await.unwrap();
    let after = office.desk.verify(&number, end).await.unwrap();

    assert_eq!(last.status, CertificateStatus::Valid);
    assert_eq!((after.status, after.next_change_at), (CertificateStatus::Expired, None));
}
