use tokio::time::advance;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn it_comes_nearer() {
    Deadline::within(SECOND * 3)
        .scope(async {
            assert_eq!(remaining(), Some(SECOND * 3));
            advance(SECOND).await;
            assert_eq!(remaining(), Some(SECOND * 2));
            assert_eq!(at_most(SECOND), SECOND);
            assert_eq!(at_most(SECOND * 5), SECOND * 2);
            advance(SECOND * 5).await;
            assert_eq!(remaining(), Some(Duration::ZERO));
            assert!(current().unwrap().is_over());
        })
        .await;

    assert_eq!(current(), None);
    assert_eq!(at_most(SECOND), SECOND);
}

#[tokio::test(start_paused = true)]
async fn scopes_only_shorten() {
    let (outer, inner) = (Deadline::within(SECOND * 2), Deadline::within(SECOND));
    let now = || async { current() };

    outer
        .scope(async {
            let shorter = inner.scope(now()).await;
            assert_eq!(shorter, Some(inner));
            let longer = Deadline::within(SECOND * 9).scope(now()).await;
            assert_eq!(longer, Some(outer));
            assert_eq!(current(), Some(outer), "the inner ones are over");
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_task_of_its_own_has_none_unless_it_is_given_one() {
    let deadline = Deadline::at(Instant::now() + SECOND);
    let (own, given) = deadline
        .scope(async {
            let own = tokio::spawn(async { current() });
            let given = tokio::spawn(current().unwrap().scope(async { current() }));
            (own.await.unwrap(), given.await.unwrap())
        })
        .await;

    assert_eq!((own, given), (None, Some(deadline)));
    assert_eq!(deadline.moment(), Instant::now() + SECOND);
}

#[tokio::test(start_paused = true)]
async fn never_is_far_away() {
    assert_eq!(Deadline::within(Duration::MAX).remaining(), FAR);
}
