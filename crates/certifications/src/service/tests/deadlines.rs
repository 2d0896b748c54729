use super::*;

#[tokio::test]
async fn whoever_reads_an_application_too_late_finds_it_expired() {
    let mut office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    office.pass(32);

    let found = office.look(&draft).await;
    let again = office.look(&draft).await;

    assert_eq!(found.application.status(), Status::Expired);
    assert_eq!(can(&found), []);
    assert_eq!(again, found, "it expires once");
    let page = PageRequest::first(1);
    let subject = history::of_application(draft.application.id());
    let entry = office.ledger.history(subject, &page).await.unwrap().items.remove(0);
    assert_eq!((entry.action.as_str(), entry.by), ("deadline-passed", None));
    assert_eq!(entry.to.as_deref(), Some("expired"));
}

#[tokio::test]
async fn a_step_that_comes_too_late_is_refused() {
    let mut office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    office.pass(32);

    let outcome = office.act(&draft, farmer(&draft), Action::Submit, json!({})).await;

    assert_eq!(allowed_after(outcome), []);
}

#[tokio::test]
async fn the_sweep_ends_what_nobody_reads() {
    let mut office = Office::open().await;
    let drafts = [office.draft("ไร่ขมิ้นทอง").await, office.draft("ไร่ขิงงาม").await];
    let early = office.desk.expire_overdue(office.now, 10).await.unwrap();
    office.pass(32);

    let first = office.desk.expire_overdue(office.now, 1).await.unwrap();
    let rest = office.desk.expire_overdue(office.now, 10).await.unwrap();
    let nothing = office.desk.expire_overdue(office.now, 10).await.unwrap();

    assert_eq!((early, first, rest, nothing), (0, 1, 1, 0));
    for draft in drafts {
        assert_eq!(office.look(&draft).await.application.status(), Status::Expired);
    }
}

#[tokio::test]
async fn a_list_shows_no_draft_whose_time_is_over() {
    let mut office = Office::open().await;
    let draft = office.draft("ไร่ขมิ้นทอง").await;
    office.pass(32);
    let page = PageRequest::first(10);
    let drafts = ApplicationFilter { status: Some(Status::Draft), ..ApplicationFilter::default() };
    let all = ApplicationFilter::default();

    let drafts = office.desk.list(farmer(&draft), &drafts, &page, office.now).await.unwrap();
    let all = office.desk.list(farmer(&draft), &all, &page, office.now).await.unwrap();

    assert_eq!(drafts.page.items, []);
    assert_eq!(all.page.items[0].status(), Status::Expired);
}

#[tokio::test]
async fn a_late_review_is_flagged_and_goes_on() {
    let mut office = Office::open().await;
    let waiting = office.at_status(Status::UnderReview).await;
    office.pass(16);
    let filter = ApplicationFilter { overdue_at: Some(office.now), ..ApplicationFilter::default() };
    let page = PageRequest::first(10);

    let reviewer = staff(Role::Reviewer);
    let found = office.read(reviewer, waiting.application.id()).await.unwrap();
    let listed = office.desk.list(reviewer, &filter, &page, office.now).await.unwrap();

    assert!(found.overdue && !waiting.overdue);
    assert_eq!(found.application.status(), Status::UnderReview);
    assert!(can(&found).contains(&Action::ApproveDocuments));
    assert_eq!(listed.page.items, [found.application]);
}
